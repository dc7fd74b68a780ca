/** `onsync mcp`: the MCP server, over stdio for one assistant or over HTTP for many. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import {
  addMetricsOptions,
  createDrainDelayOption,
  createHostOption,
  createNumberParser,
  createPortOption,
  createReadyJsonOption,
  parseNotEmpty,
  readPort,
} from "../settings/options.ts";
import type { McpCommandOptions } from "./context.ts";
import { addSafetyOptions } from "./safety-options.ts";
import { serveOverHttp } from "./serve-http.ts";
import { serveOverStdio } from "./serve-stdio.ts";

const help = `
Examples:
  onsync mcp                                     for an assistant that starts it, over stdin and stdout
  onsync mcp --read-only --redact-pii
  onsync mcp --events onsync-events.db           beside \`onsync listen\`: assistants can wait for events
  onsync mcp --send person --approvals-port 4025   a person sends what assistants propose, on a page of their own
  onsync mcp --send confirm --allow-recipients '+9715*' --sends-per-day 200
  ONSYNC_MCP_TOKEN=… onsync mcp --http --host 0.0.0.0
  ONSYNC_OAUTH_ISSUER=… ONSYNC_OAUTH_AUDIENCE=https://mcp.example.com/mcp onsync mcp --http
  npx mcp-inspector --cli onsync mcp --method tools/list

The API key comes from ONSYNC_API_KEY or ONSYNC_API_KEY_FILE. Over HTTP, clients send the token of ONSYNC_MCP_TOKEN as
"Authorization: Bearer …", or sign in: ONSYNC_OAUTH_ISSUER names the authorization server, ONSYNC_OAUTH_AUDIENCE this one's
address, and ONSYNC_OAUTH_KEYS_FILE the key of each who does. Without any it listens on this machine only. HTTPS_PROXY,
HTTP_PROXY and NO_PROXY are honoured on the way to OnSync (\`onsync --help\`).`;

export function addMcpCommand(program: Command, io: Io): void {
  const command = program
    .command("mcp")
    .summary("run the MCP server for AI assistants (stdio, or HTTP with --http)")
    .description("Runs the MCP server: tools for AI assistants on the OnSync account of the key.")
    .option("--http", "serve Streamable HTTP on /mcp, instead of stdio")
    .addOption(createPortOption(4020))
    .addOption(createHostOption())
    .addOption(createDrainDelayOption())
    .addOption(createReadyJsonOption());
  addMetricsOptions(command, "with --http: ")
    .addOption(
      new Option(
        "--events <store>",
        "wait for the events of `onsync listen`: its --data file or --redis URL",
      ).argParser(parseNotEmpty),
    )
    .addOption(
      new Option(
        "--event-subscriptions <file>",
        "with --http: let hosts have events delivered to an address of theirs, and keep who wants which in this file",
      ).argParser(parseNotEmpty),
    )
    .addOption(
      createLedgerOption(
        "note sends, caps and used confirmations in this SQLite file or Redis, which replicas share and restarts keep (with --send confirm: a file in the user's state folder)",
      ),
    )
    .addHelpText("after", help);
  command
    .addOption(
      new Option(
        "--approvals-port <number>",
        "with --send person over stdio: serve the approval page on this port of 127.0.0.1 (with --http it is on /approvals)",
      ).argParser(createNumberParser(0, 65_535, " (0 takes a free port)")),
    )
    .addOption(
      new Option(
        "--approvals-url <url>",
        "with --send person: the approval page's address for people, where a proxy stands before it",
      ).argParser(parseUrl),
    );
  addSafetyOptions(command);
  command.action((options: McpCommandOptions) => {
    if (options.eventSubscriptions !== undefined && !options.http)
      throw new UsageError("--event-subscriptions goes with --http: over stdio nobody but the host itself is there.");
    if (options.eventSubscriptions !== undefined && options.events === undefined)
      throw new UsageError("--event-subscriptions needs --events: the events that are delivered.");
    if (!options.http) refuseHttpOptions(command);
    checkApprovalOptions(options);
    return options.http
      ? serveOverHttp(io, { ...options, port: readPort(io.env, command, options) })
      : serveOverStdio(io, options);
  });
}

/** @throws UsageError where an option was given that has no meaning without a port */
function refuseHttpOptions(command: Command): void {
  for (const [name, option] of [
    ["port", "--port"],
    ["host", "--host"],
    ["drainDelay", "--drain-delay"],
    ["metricsPort", "--metrics-port"],
    ["metricsHost", "--metrics-host"],
    ["json", "--json"],
  ] as const) {
    if (command.getOptionValueSource(name) === "cli") {
      throw new UsageError(`${option} goes with --http: over stdio there is no port, and stdout is the protocol's.`);
    }
  }
}

/** @throws UsageError where an option has no meaning beside the others */
function checkApprovalOptions({ send, http, approvalsPort, approvalsUrl }: McpCommandOptions): void {
  if (send !== "person" && (approvalsPort !== undefined || approvalsUrl !== undefined))
    throw new UsageError("--approvals-port and --approvals-url go with --send person.");
  if (http && approvalsPort !== undefined)
    throw new UsageError(
      "--approvals-port goes without --http: over HTTP the approval page is on /approvals of its port.",
    );
}

/** Without a slash at the end. */
function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol))
    return url.href.endsWith("/") ? url.href.slice(0, -1) : url.href;
  throw new InvalidArgumentError("Give an address such as https://mcp.example.com/approvals.");
}
