/**
 * Every metric there is, said once. /metrics, OpenTelemetry, the table of docs/metrics.md and `onsync events stats` are made of
 * this. Names follow the conventions of Prometheus. A label has one of the values that are listed here, or is `other`: nobody
 * outside makes a time series.
 */
import { toolCallOutcomes } from "../../mcp/options.ts";
import { type EndpointName, endpoints } from "../../src/api/index.ts";
import { handOnOutcomes } from "../../src/webhooks/dispatcher/hand-on.ts";
import { refusalReasons } from "../../src/webhooks/receiver/delivery.ts";
import type { StoreStats } from "../../src/webhooks/store/store.ts";

/** The commands that have metrics. */
export const commands = ["listen", "start", "mcp", "work"] as const;
export type CommandName = (typeof commands)[number];

/** A label whose values this program or its operator chooses: so many of them at most, the others are `other`. */
export type OpenLabel = { what: string; max: number };

export type Definition = {
  type: "counter" | "gauge" | "histogram";
  help: string;
  /** As OpenTelemetry writes it: `s`, or what is counted in braces. */
  unit: string;
  commands: readonly CommandName[];
  labels?: Readonly<Record<string, readonly string[] | OpenLabel>>;
  /** Upper bounds, of a histogram. */
  buckets?: readonly number[];
  /** It is read from the store of the events when somebody asks, so that a restart does not change it. */
  from?: keyof StoreStats;
};

/** Of a step that is to take milliseconds. */
const briefBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Of what somebody waits for. */
const callBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Of what may stand for as long as a sink is away. */
const lagBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

const receivers = ["listen", "start"] as const;
const clients = ["start", "mcp", "work"] as const;
const org: OpenLabel = {
  what: "the org of the orgs' file, with `onsync work`; without it the server's own key",
  max: 1000,
};

const endpointNames = Object.keys(endpoints) as EndpointName[];
/** What OnSync and what stands before it answer by; `none` where no answer came. */
export const statuses = [
  ..."none 200 201 204 400 401 403 404 408 409 413 415 422 429 500 502 503 504".split(" "),
] as const;

export const metrics = {
  onsync_deliveries_accepted_total: {
    type: "counter",
    help: "Deliveries that were acknowledged: their event is on disk, now (new) or before (repeat).",
    unit: "{delivery}",
    commands: receivers,
    labels: { kind: ["new", "repeat"] },
  },
  onsync_deliveries_refused_total: {
    type: "counter",
    help: "Deliveries that were refused, by why.",
    unit: "{delivery}",
    commands: receivers,
    labels: { reason: refusalReasons },
  },
  onsync_delivery_duration_seconds: {
    type: "histogram",
    help: "From the headers of a delivery to its answer.",
    unit: "s",
    commands: receivers,
    buckets: briefBuckets,
  },
  onsync_events_accepted_total: {
    type: "counter",
    help: "Events that the store has taken since it was made.",
    unit: "{event}",
    commands: receivers,
    from: "accepted",
  },
  onsync_events_waiting: {
    type: "gauge",
    help: "The backlog: events that wait to be handed on.",
    unit: "{event}",
    commands: receivers,
    from: "waiting",
  },
  onsync_events_oldest_waiting_seconds: {
    type: "gauge",
    help: "How long the oldest event of the backlog has been here; 0 where there is none.",
    unit: "s",
    commands: receivers,
    from: "oldestWaitingMs",
  },
  onsync_events_dead: {
    type: "gauge",
    help: "Dead letters: events that were given up, until somebody replays them.",
    unit: "{event}",
    commands: receivers,
    from: "dead",
  },
  onsync_keys_waiting: {
    type: "gauge",
    help: "Conversations and contacts that have an event waiting.",
    unit: "{key}",
    commands: receivers,
    from: "keys",
  },
  onsync_keys_retrying: {
    type: "gauge",
    help: "Conversations and contacts whose first event has failed before.",
    unit: "{key}",
    commands: receivers,
    from: "retrying",
  },
  onsync_hand_ons_total: {
    type: "counter",
    help: "Attempts to hand an event on to the sink, by how they ended; given_up made a dead letter.",
    unit: "{attempt}",
    commands: receivers,
    labels: { outcome: handOnOutcomes },
  },
  onsync_hand_on_duration_seconds: {
    type: "histogram",
    help: "How long an attempt to hand an event on took, however it ended.",
    unit: "s",
    commands: receivers,
    buckets: briefBuckets,
  },
  onsync_hand_on_latency_seconds: {
    type: "histogram",
    help: "From when an event was received to when the sink had taken it.",
    unit: "s",
    commands: receivers,
    buckets: lagBuckets,
  },
  onsync_api_requests_total: {
    type: "counter",
    help: "Requests to the OnSync API, repeats too, by the status of the answer.",
    unit: "{request}",
    commands: [...clients, "listen"],
    labels: { endpoint: endpointNames, status: statuses },
  },
  onsync_api_request_duration_seconds: {
    type: "histogram",
    help: "From a request to the OnSync API to its answer, or to its end without one.",
    unit: "s",
    commands: [...clients, "listen"],
    labels: { endpoint: endpointNames },
    buckets: callBuckets,
  },
  onsync_api_budget_limit_requests: {
    type: "gauge",
    help: "How many requests an hour the org has, as the last answer told.",
    unit: "{request}",
    commands: [...clients, "listen"],
    labels: { org },
  },
  onsync_api_budget_remaining_requests: {
    type: "gauge",
    help: "How many requests are left of the org's hour, as the last answer told.",
    unit: "{request}",
    commands: [...clients, "listen"],
    labels: { org },
  },
  onsync_api_budget_reset_timestamp_seconds: {
    type: "gauge",
    help: "When the org's budget is said to be full again, in seconds since 1970.",
    unit: "s",
    commands: [...clients, "listen"],
    labels: { org },
  },
  onsync_sends_total: {
    type: "counter",
    help: "Sends of messages, by how they ended; onsync sends lists those of unknown outcome.",
    unit: "{message}",
    commands: ["start", "mcp"],
    labels: { outcome: ["sent", "already_sent", "not_sent", "unknown"] },
  },
  onsync_tool_calls_total: {
    type: "counter",
    help: "Calls of tools by assistants, by how they ended.",
    unit: "{call}",
    commands: ["start", "mcp"],
    labels: { tool: { what: "the tools; unknown where there is no such tool", max: 100 }, outcome: toolCallOutcomes },
  },
  onsync_tool_call_duration_seconds: {
    type: "histogram",
    help: "How long a call of a tool took.",
    unit: "s",
    commands: ["start", "mcp"],
    labels: { tool: { what: "the tools; unknown where there is no such tool", max: 100 } },
    buckets: callBuckets,
  },
  onsync_imports_total: {
    type: "counter",
    help: "Imports that this worker has brought to an end, by how.",
    unit: "{import}",
    commands: ["work"],
    labels: { outcome: ["done", "failed"] },
  },
  onsync_imports_under_way: {
    type: "gauge",
    help: "Imports that this worker is at.",
    unit: "{import}",
    commands: ["work"],
  },
} as const satisfies Record<string, Definition>;

export type MetricName = keyof typeof metrics;
/** Those that the program counts while it runs. */
export type CountedName = {
  [Name in MetricName]: (typeof metrics)[Name] extends { from: string } ? never : Name;
}[MetricName];

type LabelsIn<Given> = Given extends { labels: infer Labels }
  ? { readonly [Label in keyof Labels]: Labels[Label] extends readonly (infer Value)[] ? Value : string }
  : { readonly [Label in never]: string };
export type LabelsOf<Name extends MetricName> = LabelsIn<(typeof metrics)[Name]>;

/** The definition by its name, for what does not care which it is. */
export function getDefinition(name: MetricName): Definition {
  return metrics[name];
}

/** Those that a command has. */
export function listMetrics(command: CommandName): MetricName[] {
  return (Object.keys(metrics) as MetricName[]).filter((name) => getDefinition(name).commands.includes(command));
}
