/** `onsync mcp`: the MCP server, over stdio for one assistant or over HTTP for many. */
import { type Command, Option } from "commander";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { createHostOption, createPortOption, createReadyJsonOption, parseNotEmpty } from "../settings/options.ts";
import type { McpCommandOptions } from "./context.ts";
import { addSafetyOptions } from "./safety-options.ts";
import { serveOverHttp } from "./serve-http.ts";
import { serveOverStdio } from "./serve-stdio.ts";

const help = `
Examples:
  onsync mcp                                     for an assistant that starts it, over stdin and stdout
  onsync mcp --read-only --redact-pii
  onsync mcp --events onsync-events.db           beside \`onsync listen\`: assistants can wait for events
  onsync mcp --send confirm --allow-recipients '+9715*' --sends-per-day 200
  ONSYNC_MCP_TOKEN=… onsync mcp --http --host 0.0.0.0
  npx mcp-inspector --cli onsync mcp --method tools/list

The API key comes from ONSYNC_API_KEY or ONSYNC_API_KEY_FILE. Over HTTP, clients send the token of ONSYNC_MCP_TOKEN as
"Authorization: Bearer …"; without one it listens on this machine only. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are
honoured on the way to OnSync (\`onsync --help\`).`;

export function addMcpCommand(program: Command, io: Io): void {
  const command = program
    .command("mcp")
    .summary("run the MCP server for AI assistants (stdio, or HTTP with --http)")
    .description("Runs the MCP server: tools for AI assistants on the OnSync account of the key.")
    .option("--http", "serve Streamable HTTP on /mcp, instead of stdio")
    .addOption(createPortOption(4020))
    .addOption(createHostOption())
    .addOption(createReadyJsonOption())
    .addOption(
      new Option(
        "--events <store>",
        "wait for the events of `onsync listen`: its --data file or --redis URL",
      ).argParser(parseNotEmpty),
    )
    .addOption(
      createLedgerOption(
        "note sends, caps and used confirmations in this SQLite file or Redis, which replicas share and restarts keep (with --send confirm: a file in the user's state folder)",
      ),
    )
    .addHelpText("after", help);
  addSafetyOptions(command);
  command.action((options: McpCommandOptions) => {
    for (const name of ["port", "host", "json"]) {
      if (!options.http && command.getOptionValueSource(name) === "cli") {
        throw new UsageError(`--${name} goes with --http: over stdio there is no port, and stdout is the protocol's.`);
      }
    }
    return options.http ? serveOverHttp(io, options) : serveOverStdio(io, options);
  });
}
