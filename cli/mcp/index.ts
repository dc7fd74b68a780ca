/** `onsync mcp`: the MCP server, over stdio for one assistant or over HTTP for many. */
import { type Command, Option } from "commander";
import type { McpOptions } from "../../mcp/index.ts";
import { formatOrigin, isLoopback, toReachableHost } from "../../src/http/loopback.ts";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment, Io } from "../output/io.ts";
import { announceReady } from "../output/ready.ts";
import { connect } from "../settings/connection.ts";
import { findMcpToken, requireApiKey } from "../settings/environment.ts";
import { createLedgerOption, type LedgerChoice, openLedgerIfNamed, openLedgerOrDefault } from "../settings/ledger.ts";
import { createHostOption, createPortOption, createReadyJsonOption, parseNotEmpty } from "../settings/options.ts";
import { addSafetyOptions, readSafety, type SafetyOptions } from "./safety-options.ts";

type McpCommandOptions = SafetyOptions &
  LedgerChoice & { http?: true; port: number; host: string; json?: true; events?: string };

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

/** What both ways of serving have in common. */
async function openMcpContext(io: Io, given: McpCommandOptions) {
  const [{ createLog, toLogFunction }, { recordRequestIds }] = await Promise.all([
    import("../output/log.ts"),
    import("../../mcp/call/telemetry.ts"),
  ]);
  const log = createLog(io.env, "info");
  const safety = await readSafety(given);
  // Before a ledger is made for nothing.
  requireApiKey(io.env);
  const openLedger = given.send === "confirm" ? openLedgerOrDefault : openLedgerIfNamed;
  const ledger = await openLedger(io.env, given, log);
  const { onsync, close } = await connect(io.env, log, { wrapTransport: recordRequestIds, ledger });
  const received = await openEvents(io.env, given.events, toLogFunction(log));
  const options: McpOptions = {
    onsync,
    log: toLogFunction(log),
    safety,
    ...(received && { events: received.events }),
    ...(ledger && { ledger }),
  };
  return {
    options,
    log,
    close: async () => {
      await received?.close();
      await close();
      await ledger?.close();
    },
  };
}

/** The events of a receiver that runs beside this server, or on another machine with the same Redis. */
async function openEvents(env: Environment, place: string | undefined, log: EventLogger) {
  if (place === undefined) return undefined;
  const [{ openStore }, { createDurableLog }] = await Promise.all([
    import("../settings/event-store.ts"),
    import("../../src/webhooks/log/durable-log.ts"),
  ]);
  const choice = /^rediss?:/.test(place) ? { redis: place } : { data: place };
  const store = await openStore(env, choice, { claim: false }, log);
  return { events: createDurableLog(store), close: () => store.close() };
}

async function serveOverStdio(io: Io, options: McpCommandOptions): Promise<void> {
  const [prepared, { serveStdio }] = await Promise.all([openMcpContext(io, options), import("../../mcp/stdio.ts")]);
  const stop = listenForStop();
  const session = await serveStdio(prepared.options);
  // The assistant ends a session by closing stdin; a signal ends it as well.
  const ended = session.closed.then(() => stop.request());
  await serveUntilStopped(
    stop,
    () => session.close(),
    (message) => prepared.log.debug(message),
  );
  await ended;
  await prepared.close();
}

async function serveOverHttp(io: Io, options: McpCommandOptions): Promise<void> {
  const token = findMcpToken(io.env);
  if (token === undefined && !isLoopback(options.host)) {
    throw new UsageError(
      `On ${options.host} others can reach this server and act with your API key: set ONSYNC_MCP_TOKEN to a long random token, or leave --host out.`,
    );
  }
  const [prepared, { createMcpHttp }] = await Promise.all([
    openMcpContext(io, options),
    import("../../mcp/http/index.ts"),
  ]);
  const stop = listenForStop();
  const http = createMcpHttp({ ...prepared.options, ...(token !== undefined && { token }) });
  const server = await http.listen(options.port, options.host);
  const url = `${formatOrigin(toReachableHost(options.host), server.port)}/mcp`;
  await announceReady(
    io,
    options,
    { url },
    [
      `The MCP server is running${options.readOnly ? ", with the tools that read" : ""}, on the OnSync API at ${prepared.options.onsync.baseUrl}.`,
      "",
      `  MCP    ${url}`,
      `  Token  ${token === undefined ? "none needed: this machine only" : "ONSYNC_MCP_TOKEN, as Authorization: Bearer"}`,
      "",
      "Ctrl-C stops it.",
      "",
    ].join("\n"),
  );
  await serveUntilStopped(
    stop,
    () => server.close(),
    (message) => prepared.log.info(message),
  );
  await prepared.close();
}
