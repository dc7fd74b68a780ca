/** What the MCP server works with, over stdio as over HTTP: the client, the ledger, the events and what restricts agents. */
import { randomBytes } from "node:crypto";
import type { McpOptions } from "../../mcp/index.ts";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import type { Cleanup } from "../cleanup.ts";
import { countRequests, countToolCalls } from "../metrics/hooks.ts";
import type { Environment, Io } from "../output/io.ts";
import { connect } from "../settings/connection.ts";
import { findApiKey, findApprovalToken, requireApiKey } from "../settings/environment.ts";
import { openStore, parseEventsPlace, type StoreChoice } from "../settings/event-store.ts";
import { type LedgerChoice, openLedgerIfNamed, openLedgerOrDefault } from "../settings/ledger.ts";
import type { MetricsOptions } from "../settings/options.ts";
import type { KeyRule } from "./oauth.ts";
import { readSafety, type SafetyOptions } from "./safety-options.ts";

export type McpCommandOptions = SafetyOptions &
  LedgerChoice &
  MetricsOptions & {
    http?: true;
    port: number;
    host: string;
    /** In seconds. */
    drainDelay: number;
    json?: true;
    events?: string;
    eventSubscriptions?: string;
    approvalsPort?: number;
    approvalsUrl?: string;
  };

/**
 * @param cleanup closes what it opened, also where it fails half way
 * @param rules keys of those who sign in: then the server needs none of its own
 */
export async function openMcpContext(io: Io, choice: McpCommandOptions, cleanup: Cleanup, rules?: readonly KeyRule[]) {
  const [{ createLog, toLogFunction }, { recordRequestIds }, { openMetrics }] = await Promise.all([
    import("../output/log.ts"),
    import("../../mcp/call/telemetry.ts"),
    import("../metrics/index.ts"),
  ]);
  const log = createLog(io.env, "info");
  const safety = await readSafety(choice);
  // Before a ledger is made for nothing.
  const ownKey = rules ? findApiKey(io.env) : requireApiKey(io.env);
  const place = choice.events === undefined ? undefined : parseEventsPlace(choice.events);
  const approvals = choice.send === "person" ? createApprovals(io.env, choice) : undefined;
  const opened = await openMetrics(io.env, "mcp", choice, log);
  if (opened) cleanup.add(opened.close);
  const metrics = opened?.metrics;
  const openLedger = ["confirm", "person"].includes(choice.send) ? openLedgerOrDefault : openLedgerIfNamed;
  const ledger = await openLedger(io.env, choice, log);
  if (ledger) cleanup.add(() => ledger.close());
  const credentials = ownKey ?? (rules?.[0] && { apiKey: rules[0].key, from: "ONSYNC_OAUTH_KEYS" });
  const connectOptions = {
    wrapTransport: recordRequestIds,
    ledger,
    credentials,
    counting: countRequests(metrics, ownKey ? "" : null),
    countingOthers: countRequests(metrics, null),
  };
  const { onsync, clientForKey, transport, close } = await connect(io.env, log, connectOptions);
  cleanup.add(close);
  const received = place && (await openEvents(io.env, place, toLogFunction(log)));
  if (received) cleanup.add(received.close);
  const options: McpOptions = {
    onsync,
    log: toLogFunction(log),
    onToolCall: countToolCalls(metrics),
    safety,
    events: received?.events,
    ledger,
    ...(approvals && { approvals }),
  };
  return {
    options,
    /** Whether {@link McpOptions.onsync} has a key of the server's own. */
    hasOwnKey: ownKey !== null,
    clientForKey,
    transport,
    approvals,
    log,
    /** Where Prometheus reads the metrics. */
    metricsUrl: opened?.url,
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
async function openEvents(env: Environment, place: StoreChoice, log: EventLogger) {
  const { createDurableLog } = await import("../../src/webhooks/log/durable-log.ts");
  const store = await openStore(env, place, { claim: false }, log);
  return { events: createDurableLog(store), close: () => store.close() };
}
