/** `onsync work` and `onsync import contacts --orgs --queue`, processes of their own, on a real Redis and a real Postgres. */
import { once } from "node:events";
import type { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { keyStart, type Running, startEngine, WorkersWorld } from "../../../testing/imports/workers.ts";
import { readPage } from "../../../testing/metrics/page.ts";
import { skipped as postgresSkipped } from "../../../testing/postgres-server.ts";
import { skipped as redisSkipped } from "../../../testing/redis-server.ts";
import { onsync } from "../command.ts";
// What the commands load on demand: see test/cli/command.ts.
import "../../../cli/import/orgs/by-workers.ts";
import "../../../cli/import/orgs/run-orgs.ts";
import "../../../cli/work/run-work.ts";
import "../../../src/data/queue/redis/redis-imports.ts";

function eventsOf(output: string): Record<string, unknown>[] {
  return output.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
}

async function stop({ child, ended }: Running): Promise<number | null> {
  child.kill("SIGTERM");
  return (await ended).code;
}

/** What a worker counts, when it says that it has brought so many imports to their end. */
async function readMetrics(ready: Promise<unknown[]>, ended: number) {
  const [line] = await ready;
  const { metricsUrl } = JSON.parse(String(line).split("\n", 1)[0] as string) as { metricsUrl: string };
  for (let tries = 0; tries < 600; tries++) {
    const { series } = readPage(await (await fetch(metricsUrl)).text());
    const isOver = series.get("onsync_imports_under_way") === 0;
    if (isOver && series.get('onsync_imports_total{outcome="done"}') === ended) return series;
    await new Promise((go) => setTimeout(go, 50));
  }
  throw new Error(`it never said that ${ended} imports had ended`);
}

async function untilReady({ child }: Running): Promise<void> {
  if (child.stdout) await once(child.stdout, "data");
}

async function setUp(engine: Awaited<ReturnType<typeof startEngine>>, maxLagMs: number) {
  const world = new WorkersWorld(engine);
  for (const name of ["acme", "globex"]) await world.addOrg(name, 30, { maxLagMs, random: () => 0.5 });
  return world;
}

const engines = [
  ["redis", redisSkipped],
  ["postgres", postgresSkipped],
] as const;

for (const [name, skipped] of engines) {
  const tests = skipped ? describe.skip : describe;
  tests(skipped ?? `on a ${name}`, () => {
    test("workers do what was asked for, report, refused rows and exit code are as without them, and no key is kept", async () => {
      const engine = await startEngine(name);
      const world = await setUp(engine, 5);
      const workers = [world.startWorker(), world.startWorker()];
      try {
        const first = world.ask();
        const { code, output } = await first.ended;
        const done = eventsOf(output).filter((event) => event.done === true);
        expect({ code, orgs: done.map(({ org }) => org).sort() }).toEqual({ code: 0, orgs: ["acme", "globex"] });
        for (const { source, server } of world.orgs) expect(server.contacts.size).toBe(source.expected.size);
        const again = await world.ask().ended;
        const unchanged = eventsOf(again.output).filter((event) => event.done === true);
        expect(unchanged).toEqual([30, 30].map(() => expect.objectContaining({ unchanged: 30, requests: 0 })));
        expect(await engine.dump()).toContain("acme");
        expect(await engine.dump()).not.toContain(keyStart);
        expect(await Promise.all(workers.map(stop))).toEqual([0, 0]);
      } finally {
        for (const { child } of workers) child.kill("SIGKILL");
        await world.close();
        await engine.close();
      }
    }, 120_000);
  });
}

(redisSkipped ? test.skip : test)(
  "who asks may leave and come back: the workers go on, and the result is told then; a worker that is stopped hands back what it has, and one counts what it does, by org",
  async () => {
    const engine = await startEngine("redis");
    const world = await setUp(engine, 200);
    const first = world.startWorker();
    let second: Running | undefined;
    try {
      await untilReady(first);
      const asking = world.ask();
      const requests = () => world.orgs.reduce((sum, { server }) => sum + server.attempts.length, 0);
      for (let tries = 0; tries < 6_000 && requests() < 6; tries++) await new Promise((go) => setTimeout(go, 5));
      asking.child.kill("SIGKILL");
      await asking.ended;
      expect(await stop(first)).toBe(0);
      const before = requests();
      expect(before).toBeLessThan(60);
      second = world.startWorker("--metrics-port", "0");
      const ready = once(second.child.stdout as Readable, "data");
      const { code, output } = await world.ask().ended;
      expect(code).toBe(0);
      expect(eventsOf(output).filter((event) => event.done === true)).toEqual(
        [30, 30].map(() =>
          expect.objectContaining({ rows: 30, created: 30, unchanged: 0, requests: 30, lost: 0, open: 0 }),
        ),
      );
      expect(requests()).toBe(60);
      const series = await readMetrics(ready, 2);
      expect(series.get('onsync_api_requests_total{endpoint="saveContact",status="201"}')).toBe(60 - before);
      for (const { name } of world.orgs)
        expect(series.get(`onsync_api_budget_remaining_requests{org="${name}"}`)).toBeGreaterThan(0);
    } finally {
      for (const each of [first, second]) each?.child.kill("SIGKILL");
      await world.close();
      await engine.close();
    }
  },
  120_000,
);

test("unless told otherwise, a worker has 50 imports at once", async () => {
  const { stdout } = await onsync(["work", "--help"]);
  expect(stdout.replace(/\s+/g, " ")).toContain("imports at once (default: 50)");
});

describe("it is refused with exit code 2, and how to mend it is said:", () => {
  test.each<[string, string[], string]>([
    ["work without a queue", ["work", "--orgs", "orgs.csv"], "--queue <url>"],
    ["work without the orgs' keys", ["work", "--queue", "redis://127.0.0.1"], "--orgs <file>"],
    ["--queue for one file", ["import", "contacts", "a.csv", "--queue", "redis://127.0.0.1"], "give --orgs"],
  ])("%s", async (_what, args, message) => {
    expect(await onsync(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  test("an address that is none, or that leads nowhere", async () => {
    const world = new WorkersWorld({ url: "redis://127.0.0.1:1" } as never);
    expect(await world.startWorker().ended).toMatchObject({ code: 2, output: expect.stringContaining("names no org") });
    await world.addOrg("acme", 1, { maxLagMs: 0, random: () => 0.5 });
    for (const running of [world.startWorker(), world.ask()])
      expect(await running.ended).toMatchObject({
        code: 2,
        output: expect.stringContaining("--queue: There is no Redis to work with at 127.0.0.1:1"),
      });
    await world.close();
  });
});
