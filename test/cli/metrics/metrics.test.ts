/** What is counted is what Prometheus and OpenTelemetry read, whatever comes in from outside. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  metrics as definitions,
  getDefinition,
  listMetrics,
  type MetricName,
} from "../../../cli/metrics/definitions.ts";
import { countRequests, countToolCalls } from "../../../cli/metrics/hooks.ts";
import { createMetrics, type Metrics, type StoreReadOptions } from "../../../cli/metrics/metrics.ts";
import { createPrometheus } from "../../../cli/metrics/prometheus.ts";
import { readPage } from "../../../testing/metrics/page.ts";

const names = Object.keys(definitions) as MetricName[];

function open(options: StoreReadOptions = {}) {
  const prometheus = createPrometheus(names);
  return { metrics: createMetrics([prometheus], options), read: async () => readPage(await prometheus.render()) };
}

/** Records what no type lets through, as a wrong caller would. */
function recordAnything(metrics: Metrics, name: string, value: number, labels: Record<string, string>): void {
  metrics.record(name as "onsync_sends_total", value, labels as { outcome: "sent" });
}

const recorded = names.filter((name) => getDefinition(name).from === undefined);
const anyRecord = fc.constantFrom(...recorded).chain((name) => {
  const labels = Object.entries(getDefinition(name).labels ?? {}).map(([label, values]) => [
    label,
    "max" in values ? fc.constantFrom("one", "two") : fc.constantFrom(...values, "other"),
  ]);
  return fc.record({
    name: fc.constant(name),
    value: fc.integer({ min: 0, max: 100 }),
    labels: fc.record(Object.fromEntries(labels)),
  });
});

/** A second count of the same, as plain as can be. */
function countPlainly(records: { name: MetricName; value: number; labels: Record<string, string> }[]) {
  const series = new Map<string, number>();
  for (const { name, value, labels } of records) {
    const { type, buckets = [] } = getDefinition(name);
    const write = (suffix: string, more: Record<string, string> = {}) => {
      const pairs = Object.entries({ ...more, ...labels }).map(([label, text]) => `${label}="${text}"`);
      return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""}`;
    };
    const add = (key: string, by: number) => series.set(key, (series.get(key) ?? 0) + by);
    if (type === "gauge") series.set(write(""), value);
    if (type === "counter") add(write(""), value);
    if (type !== "histogram") continue;
    add(write("_sum"), value);
    add(write("_count"), 1);
    for (const bound of [...buckets, "+Inf"])
      add(write("_bucket", { le: String(bound) }), value <= Number(bound) || bound === "+Inf" ? 1 : 0);
  }
  return series;
}

test("the page has each sum, gauge and bucket as a second count of the same has it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { maxLength: 60 }), async (records) => {
      const { metrics, read } = open();
      for (const { name, value, labels } of records) recordAnything(metrics, name, value, labels);
      const { series } = await read();
      const untouched = [...series].filter(([, value]) => value === 0);
      const expected = new Map([...untouched, ...countPlainly(records)]);
      expect(Object.fromEntries([...series].sort())).toEqual(Object.fromEntries([...expected].sort()));
    }),
    { numRuns: 50 },
  );
});

test("each metric of a command is on its page with its kind and its sentence, and no other is", async () => {
  const prometheus = createPrometheus(listMetrics("work"));
  const { types, helps } = readPage(await prometheus.render());
  expect([...types]).toEqual(listMetrics("work").map((name) => [name, getDefinition(name).type]));
  expect([...helps]).toEqual(listMetrics("work").map((name) => [name, getDefinition(name).help]));
});

test("a counter whose label has a list has each of its series at 0 before anything is counted", async () => {
  const { series } = await open().read();
  for (const reason of ["signature", "store", "too_old"])
    expect(series.get(`onsync_deliveries_refused_total{reason="${reason}"}`)).toBe(0);
  for (const outcome of ["sent", "already_sent", "not_sent", "unknown"])
    expect(series.get(`onsync_sends_total{outcome="${outcome}"}`)).toBe(0);
});

describe("what somebody outside chose", () => {
  const hostile = 'evil"} 1\nonsync_events_dead 99 #\\';

  test("is no label: statuses, tools, orgs and words that are not listed are all the same other one", async () => {
    const { metrics, read } = open();
    const { onResponse } = countRequests(metrics, hostile);
    for (let status = 100; status < 1100; status++) {
      const rateLimit = { limit: 1, remaining: 1, resetAt: null };
      onResponse?.({
        ...{ endpoint: hostile as "getContact", method: "GET", path: "/", attempt: 1, requestId: hostile },
        ...{ status, durationMs: 1, rateLimit, error: hostile },
      });
    }
    recordAnything(metrics, "onsync_sends_total", 1, { outcome: hostile, [hostile]: hostile });
    const { series } = await read();
    expect(series.get('onsync_api_requests_total{endpoint="other",status="200"}')).toBe(1);
    expect(series.get('onsync_api_requests_total{endpoint="other",status="other"}')).toBe(1000 - 17);
    expect(series.get("onsync_events_dead")).toBeUndefined();
  });

  test("takes no memory: after more names than a page has room for, the others share one", async () => {
    const { metrics, read } = open();
    const onToolCall = countToolCalls(metrics);
    for (let n = 0; n < 20_000; n++) onToolCall?.({ tool: `tool_${n}`, durationMs: 1, outcome: "ok" });
    const { series } = await read();
    const tools = [...series].filter(([name]) => name.startsWith("onsync_tool_calls_total"));
    expect(tools).toHaveLength(101);
    expect(series.get('onsync_tool_calls_total{tool="other",outcome="ok"}')).toBe(20_000 - 100);
  });
});

test("a budget is told of the server's own key, and nothing of that of a key that a request brought", async () => {
  const { metrics, read } = open();
  const event = { endpoint: "getContact", method: "GET", path: "/", attempt: 1, requestId: "r", error: null } as const;
  const rateLimit = { limit: 1000, remaining: 5, resetAt: "2024-12-01T10:00:00.000Z" };
  countRequests(metrics, "").onResponse?.({ ...event, status: 200, durationMs: 1, rateLimit });
  countRequests(metrics, null).onResponse?.({
    ...event,
    status: null,
    durationMs: 1,
    rateLimit: { ...rateLimit, remaining: 9 },
  });
  const { series } = await read();
  expect(series.get('onsync_api_budget_remaining_requests{org=""}')).toBe(5);
  expect(series.get('onsync_api_budget_limit_requests{org=""}')).toBe(1000);
  expect(series.get('onsync_api_budget_reset_timestamp_seconds{org=""}')).toBe(1_733_047_200);
  expect(series.get('onsync_api_requests_total{endpoint="getContact",status="none"}')).toBe(1);
});

describe("the figures of the events", () => {
  const stats = { waiting: 3, dead: 2, accepted: 9, keys: 2, retrying: 1, oldestWaitingMs: 1500 };
  const figures = { waiting: 3, dead: 2, accepted_total: 9, oldest_waiting_seconds: 1.5 };
  const ofEvents = ({ series }: { series: ReadonlyMap<string, number> }) =>
    Object.fromEntries(
      [...series].flatMap(([name, value]) => (name.startsWith("onsync_events_") ? [[name.slice(14), value]] : [])),
    );

  test("are the same from each of the receivers on one store", async () => {
    const [one, other] = [open(), open()];
    for (const { metrics } of [one, other]) metrics.readStore({ stats: async () => stats });
    expect([ofEvents(await one.read()), ofEvents(await other.read())]).toEqual([figures, figures]);
  });

  test("are read from the store when somebody asks, in seconds, and once a second at most", async () => {
    const { metrics, read } = open();
    let asked = 0;
    metrics.readStore({
      stats: async () => {
        asked += 1;
        return stats;
      },
    });
    const pages = await Promise.all([read(), read(), read()]);
    expect(pages.map(ofEvents)).toEqual([figures, figures, figures]);
    expect(asked).toBe(1);
  });

  test.each([
    ["fails", () => Promise.reject(new Error("the disk is gone"))],
    ["does not answer", () => new Promise<never>(() => {})],
  ])("are left out while the store %s, and all else is there", async (_how, answer) => {
    const problems: unknown[] = [];
    const { metrics, read } = open({ maxReadMs: 5, logProblem: (error) => problems.push(error) });
    metrics.readStore({ stats: answer });
    metrics.record("onsync_sends_total", 1, { outcome: "sent" });
    const page = await read();
    expect(ofEvents(page)).toEqual({});
    expect(page.series.get('onsync_sends_total{outcome="sent"}')).toBe(1);
    expect(problems).toEqual([expect.any(Error)]);
  });
});

test("an exporter that throws is in nobody's way", () => {
  const broken = {
    record: () => {
      throw new Error("no room");
    },
    readOnDemand: () => {},
  };
  expect(() => createMetrics([broken]).record("onsync_sends_total", 1, { outcome: "sent" })).not.toThrow();
});
