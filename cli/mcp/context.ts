/** What the MCP server works with, over stdio as over HTTP: the client, the ledger, the events and what restricts agents. */
import type { McpOptions } from "../../mcp/index.ts";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import type { Environment, Io } from "../output/io.ts";
import { connect } from "../settings/connection.ts";
import { requireApiKey } from "../settings/environment.ts";
import { type LedgerChoice, openLedgerIfNamed, openLedgerOrDefault } from "../settings/ledger.ts";
import { readSafety, type SafetyOptions } from "./safety-options.ts";

export type McpCommandOptions = SafetyOptions &
  LedgerChoice & { http?: true; port: number; host: string; json?: true; events?: string };

/** Its `close` closes what it opened. */
export async function openMcpContext(io: Io, choice: McpCommandOptions) {
  const [{ createLog, toLogFunction }, { recordRequestIds }] = await Promise.all([
    import("../output/log.ts"),
    import("../../mcp/call/telemetry.ts"),
  ]);
  const log = createLog(io.env, "info");
  const safety = await readSafety(choice);
  // Before a ledger is made for nothing.
  requireApiKey(io.env);
  const openLedger = choice.send === "confirm" ? openLedgerOrDefault : openLedgerIfNamed;
  const ledger = await openLedger(io.env, choice, log);
  const { onsync, close } = await connect(io.env, log, { wrapTransport: recordRequestIds, ledger });
  const received = await openEvents(io.env, choice.events, toLogFunction(log));
  const options: McpOptions = {
    onsync,
    log: toLogFunction(log),
    safety,
    events: received?.events,
    ledger,
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
