/**
 * Servers as their users start them, on a bad day: deliveries that are wrong in each way, a sink that refuses and hangs, a
 * receiver that is killed, an OnSync that refuses and hangs up. What /metrics says of it, and what the other sides counted.
 */
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { signPayload } from "../../src/api/signature.ts";
import { messageEvent } from "../events.ts";
import { type Started, startOnsync } from "../network/onsync-process.ts";
import { type CountingApi, startCountingApi } from "./api.ts";
import { readPage } from "./page.ts";
import { type CountingSink, startCountingSink } from "./sink.ts";

export type FaultyRun = {
  /** The text of /metrics, of each life of a server. */
  pages: { receiver: string; restarted: string; mcp: string };
  /** What the sink answered in the receiver's first life, and in both. */
  sink: { first: CountingSink["counts"]; both: CountingSink["counts"] };
  api: Pick<CountingApi, "counts" | "budget">;
  /** Deliveries of the first life by what they were answered, and of the second. */
  answers: { first: Record<number, number>; second: Record<number, number> };
};

const secret = "the-secret-of-the-endpoint";

/** @param folder where the receiver keeps its events; it is the caller's to remove */
export async function runFaulty(folder: string): Promise<FaultyRun> {
  const [sink, api] = await Promise.all([startCountingSink(), startCountingApi()]);
  const started: Started[] = [];
  const start = async (args: string[], env: Record<string, string>): Promise<Started> => {
    const server = await startOnsync([...args, "--metrics-port", "0"], { ...env, ONSYNC_LOG_LEVEL: "silent" });
    started.push(server);
    return server;
  };
  try {
    const listen = ["listen", "--data", join(folder, "events.db"), "--forward", sink.url];
    const options = ["--attempts", "2", "--retry", "0.01", "--max-age", "3650d"];
    const startReceiver = () => start([...listen, ...options], { ONSYNC_WEBHOOK_SECRETS: secret });

    const receiver = await startReceiver();
    const firstAnswers = await deliverAll(receiver, firstLife);
    const firstPage = await readWhen(receiver, { onsync_events_waiting: 1, onsync_events_dead: 2, [handedOn]: 7 });
    const first = { ...sink.counts };
    receiver.child.kill("SIGKILL");
    await once(receiver.child, "exit");

    sink.release();
    const restarted = await startReceiver();
    const secondAnswers = await deliverAll(restarted, secondLife);
    const secondPage = await readWhen(restarted, { onsync_events_waiting: 0, [handedOn]: 3 });

    const mcp = await start(["mcp", "--http"], { ONSYNC_API_KEY: "onsync_pk_test_metrics", ONSYNC_BASE_URL: api.url });
    for (const [name, args] of toolCalls) await callTool(mcp, name, args);
    return {
      pages: { receiver: firstPage, restarted: secondPage, mcp: await readMetrics(mcp) },
      sink: { first, both: { ...sink.counts } },
      api,
      answers: { first: firstAnswers, second: secondAnswers },
    };
  } finally {
    for (const { child } of started) child.kill("SIGKILL");
    sink.close();
    api.close();
  }
}

const handedOn = 'onsync_hand_ons_total{outcome="done"}';

type Delivery = { body: string; method?: string; headers?: Record<string, string> };

function event(id: string, changes: object = {}): Delivery {
  return { body: JSON.stringify({ ...messageEvent(id, `whatsapp:${id}`), ...changes }) };
}

const wrong = { "x-onsync-signature": signPayload("another body", secret) };
const goodIds = [1, 2, 3, 4, 5, 6].map((n) => `evt_good_${n}`);

/** Ten events: six that the sink takes, two that it refuses, one that it is busy for at first and one that it holds. */
const firstLife: Delivery[] = [
  ...goodIds.map((id) => event(id)),
  ...["evt_bad_1", "evt_bad_2", "evt_busy_1", "evt_held_1"].map((id) => event(id)),
  event("evt_good_1"),
  event("evt_good_2"),
  ...[1, 2, 3].map((n) => ({ ...event(`evt_forged_${n}`), headers: wrong })),
  { body: "", method: "GET" },
  { ...event("evt_form_1"), headers: { "content-type": "application/x-www-form-urlencoded" } },
  { body: "{}" },
  event("evt_good_1", { data: { ...messageEvent("evt_good_1").data, content: "Another." } }),
  event("evt_old_1", { createdAt: "2000-01-01T00:00:00.000Z" }),
  { body: `"${"x".repeat(1024 * 1024)}"` },
];

const secondLife: Delivery[] = [event("evt_new_1"), event("evt_new_2"), { ...event("evt_forged_4"), headers: wrong }];

/** One after the other. @returns how many were answered by which status */
async function deliverAll({ ready }: Started, deliveries: readonly Delivery[]): Promise<Record<number, number>> {
  const answers: Record<number, number> = {};
  for (const { body, method = "POST", headers } of deliveries) {
    const response = await fetch(ready.url, {
      method,
      headers: { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret), ...headers },
      ...(method === "POST" && { body }),
    });
    await response.arrayBuffer();
    answers[response.status] = (answers[response.status] ?? 0) + 1;
  }
  return answers;
}

async function readMetrics({ ready }: Started): Promise<string> {
  return (await fetch(String(ready.metricsUrl))).text();
}

const pollMs = 100;
const maxPolls = 600;

/** @throws Error where the page does not come to say that */
async function readWhen(server: Started, expected: Record<string, number>): Promise<string> {
  for (let poll = 0; poll < maxPolls; poll++) {
    const text = await readMetrics(server);
    const { series } = readPage(text);
    if (Object.entries(expected).every(([name, value]) => series.get(name) === value)) return text;
    await wait(pollMs);
  }
  throw new Error(`the metrics never said ${JSON.stringify(expected)}:\n${await readMetrics(server)}`);
}

function message(to: string): [string, object] {
  return ["send_message", { platform: "telegram", to, content: `For ${to}` }];
}

/** Five sends: two that OnSync takes, one after a 429, one that it refuses and one whose answer is lost. And three calls that fail. */
const toolCalls: [string, object][] = [
  message("ok"),
  message("another"),
  message("busy"),
  message("refused"),
  message("lost"),
  ["get_contact", { contactId: "contact_1" }],
  // The same would fail again, so OnSync is not asked.
  ["get_contact", { contactId: "contact_1" }],
  ["no_such_tool", {}],
];

async function callTool({ ready }: Started, name: string, args: object): Promise<void> {
  const response = await fetch(ready.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } }),
  });
  await response.text();
}
