/**
 * Servers on a bad day: what /metrics says equals what the sender, the sink and the OnSync of the test's own counted, also after a
 * receiver was killed, and docs/metrics.md shows just that.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type FaultyRun, runFaulty } from "../../../testing/metrics/faulty-run.ts";
import { readPage } from "../../../testing/metrics/page.ts";
import { withRun } from "../../../testing/metrics/report.ts";
import { onsync } from "../command.ts";

// Three processes are started, on machines that do other things as well.
jest.setTimeout(240_000);

const folder = mkdtempSync(join(tmpdir(), "onsync-metrics-"));
let run: FaultyRun;
let pages: Record<keyof FaultyRun["pages"], ReadonlyMap<string, number>>;
beforeAll(async () => {
  run = await runFaulty(folder);
  const { receiver, restarted, mcp } = run.pages;
  pages = {
    receiver: readPage(receiver).series,
    restarted: readPage(restarted).series,
    mcp: readPage(mcp).series,
  };
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** The series of a metric, by what is in their braces; those that are 0 are left out. */
function listSeries(series: ReadonlyMap<string, number>, metric: string): Record<string, number> {
  const found = [...series].filter(([name, value]) => value !== 0 && name.startsWith(`${metric}{`));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(metric.length), value]));
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

const statusesOfReasons: Record<number, string[]> = {
  400: ["malformed"],
  401: ["signature"],
  405: ["not_post"],
  409: ["conflict"],
  413: ["too_large"],
  415: ["not_json"],
  422: ["too_old"],
};

describe("a receiver", () => {
  test.each(["first", "second"] as const)(
    "counts the deliveries of its %s life as the sender does, by the answer",
    (life) => {
      const series = life === "first" ? pages.receiver : pages.restarted;
      const { 200: taken = 0, ...refused } = run.answers[life];
      expect(sum(listSeries(series, "onsync_deliveries_accepted_total"))).toBe(taken);
      const reasons = listSeries(series, "onsync_deliveries_refused_total");
      expect(
        Object.fromEntries(
          Object.entries(statusesOfReasons).flatMap(([status, names]) => {
            const count = names.reduce((total, name) => total + (reasons[`{reason="${name}"}`] ?? 0), 0);
            return count > 0 ? [[status, count]] : [];
          }),
        ),
      ).toEqual(refused);
      expect(sum(reasons)).toBe(sum(refused));
      expect(series.get("onsync_delivery_duration_seconds_count")).toBe(taken + sum(refused));
    },
  );

  test("counts its hand-ons as the sink does, by the answer, in each of its lives", () => {
    const { first, both } = run.sink;
    const countOutcomes = (series: ReadonlyMap<string, number>) => {
      const count = (outcome: string) => series.get(`onsync_hand_ons_total{outcome="${outcome}"}`) ?? 0;
      return { taken: count("done"), refused: count("refused") + count("given_up"), busy: count("unavailable") };
    };
    // What is held has not ended.
    const { held, ...ended } = first;
    expect([held, countOutcomes(pages.receiver)]).toEqual([1, ended]);
    expect(countOutcomes(pages.restarted)).toEqual({
      taken: both.taken - first.taken,
      refused: both.refused - first.refused,
      busy: both.busy - first.busy,
    });
    expect(pages.receiver.get("onsync_hand_on_latency_seconds_count")).toBe(first.taken);
  });

  test("goes on, killed and started again, with the events it has accepted, its dead letters and its backlog", async () => {
    const { first, both } = run.sink;
    const [before, after] = [pages.receiver, pages.restarted];
    const countNew = (series: ReadonlyMap<string, number>) =>
      series.get('onsync_deliveries_accepted_total{kind="new"}') ?? 0;
    expect(before.get("onsync_events_accepted_total")).toBe(countNew(before));
    expect(after.get("onsync_events_accepted_total")).toBe(countNew(before) + countNew(after));
    // Each was refused twice.
    expect(before.get("onsync_events_dead")).toBe(first.refused / 2);
    expect(after.get("onsync_events_dead")).toBe(both.refused / 2);
    expect([before.get("onsync_events_waiting"), after.get("onsync_events_waiting")]).toEqual([1, 0]);
    expect(before.get("onsync_events_oldest_waiting_seconds")).toBeGreaterThan(0);
    expect(after.get("onsync_events_oldest_waiting_seconds")).toBe(0);
  });

  test("says the same as `onsync events stats` of the file that it left", async () => {
    const { stdout } = await onsync(["events", "stats", "--data", join(folder, "events.db"), "--prometheus"]);
    for (const [name, value] of readPage(stdout).series)
      expect([name, pages.restarted.get(name)]).toEqual([name, value]);
  });
});

describe("an MCP server", () => {
  test("counts its requests as OnSync does, by endpoint and status, and knows what is left of the hour", () => {
    const { counts, budget } = run.api;
    const expected = [...counts].map(([counted, count]) => {
      const [endpoint, status] = counted.split(" ");
      return [`{endpoint="${endpoint}",status="${status}"}`, count];
    });
    expect(listSeries(pages.mcp, "onsync_api_requests_total")).toEqual(Object.fromEntries(expected));
    expect(pages.mcp.get('onsync_api_budget_remaining_requests{org=""}')).toBe(budget.remaining);
    expect(pages.mcp.get('onsync_api_budget_limit_requests{org=""}')).toBe(budget.limit);
  });

  test("counts a send once, however many requests it took, by what became of the message", () => {
    const { counts } = run.api;
    expect(listSeries(pages.mcp, "onsync_sends_total")).toEqual({
      '{outcome="sent"}': counts.get("sendMessage 201"),
      '{outcome="not_sent"}': counts.get("sendMessage 400"),
      '{outcome="unknown"}': counts.get("sendMessage none"),
    });
  });

  test("counts each call of a tool by how it ended, and a tool that there is not under no name of its caller's", () => {
    expect(listSeries(pages.mcp, "onsync_tool_calls_total")).toEqual({
      '{tool="send_message",outcome="ok"}': 3,
      '{tool="send_message",outcome="failed"}': 1,
      '{tool="send_message",outcome="unknown"}': 1,
      '{tool="get_contact",outcome="failed"}': 1,
      '{tool="get_contact",outcome="refused"}': 1,
      '{tool="unknown",outcome="refused"}': 1,
    });
  });
});

test("the process and Node are told of, too", () => {
  for (const name of ["process_resident_memory_bytes", "process_cpu_seconds_total", "nodejs_eventloop_lag_p99_seconds"])
    expect(pages.mcp.get(name)).toBeGreaterThanOrEqual(0);
});

test("docs/metrics.md shows what this run says (else: npm run metrics)", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/metrics.md"), "utf8");
  expect(page).toBe(withRun(page, run));
});
