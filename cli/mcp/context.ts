/** What the MCP server works with, over stdio as over HTTP: the client, the ledger, the events and what restricts agents. */
import { randomBytes } from "node:crypto";
import type { McpOptions } from "../../mcp/index.ts";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import type { Environment, Io } from "../output/io.ts";
import { connect } from "../settings/connection.ts";
import { findApprovalToken, requireApiKey } from "../settings/environment.ts";
import { type LedgerChoice, openLedgerIfNamed, openLedgerOrDefault } from "../settings/ledger.ts";
import { readSafety, type SafetyOptions } from "./safety-options.ts";

export type McpCommandOptions = SafetyOptions &
  LedgerChoice & {
    http?: true;
    port: number;
    host: string;
    json?: true;
    events?: string;
    approvalsPort?: number;
    approvalsUrl?: string;
  };

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
  const approvals = choice.send === "person" ? createApprovals(io.env, choice) : undefined;
  const openLedger = ["confirm", "person"].includes(choice.send) ? openLedgerOrDefault : openLedgerIfNamed;
  const ledger = await openLedger(io.env, choice, log);
  const { onsync, close } = await connect(io.env, log, { wrapTransport: recordRequestIds, ledger });
  const received = await openEvents(io.env, choice.events, toLogFunction(log));
  const options: McpOptions = {
    onsync,
    log: toLogFunction(log),
    safety,
    events: received?.events,
    ledger,
    ...(approvals && { approvals }),
  };
  return {
    options,
    approvals,
    log,
    close: async () => {
      await received?.close();
      await close();
      await ledger?.close();
    },
  };
}

export type Approvals = ReturnType<typeof createApprovals>;

/** @throws UsageError where the operator's token cannot be one */
function createApprovals(env: Environment, { approvalsUrl }: McpCommandOptions) {
  const given = findApprovalToken(env);
  const token = given ?? randomBytes(16).toString("hex");
  const place = { url: approvalsUrl };
  return { token, isTokenNew: given === undefined, place, getUrl: () => place.url };
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
