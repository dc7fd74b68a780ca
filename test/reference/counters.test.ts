/** The counters behind the console's charts: held to an oracle that remembers everything, and bounded. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { toSteps } from "../../reference/console/charts.ts";
import { createCounters } from "../../reference/counters.ts";
import { createReference } from "../../reference/index.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";
import { type Body, call, hour, start } from "./caller.ts";

const minute = 60_000;

test("property: what is charted is what happened in each step, wherever the clock went", () => {
  const happening = fc.record({
    minutes: fc.integer({ min: -90, max: 90 }),
    kind: fc.constantFrom("inbound", "outbound", "delivered", "retried", "failed", "request"),
    durationMs: fc.integer({ min: 0, max: 10_000 }),
    status: fc.constantFrom(200, 201, 404, 429, 503),
    remaining: fc.option(fc.integer({ min: 0, max: 1000 })),
  });
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), fc.constantFrom(hour, 6 * hour, 24 * hour), (all, range) => {
      let now = start;
      const counters = createCounters(() => now);
      const told = all.map((each) => ({ ...each, at: start + each.minutes * minute }));
      for (const { at, kind, durationMs, status, remaining } of told) {
        now = at;
        if (kind === "inbound" || kind === "outbound") counters.countMessage("a", kind);
        else if (kind === "request") counters.countRequest("a", { status, durationMs, remaining });
        else counters.countAttempt("a", { outcome: kind, durationMs });
      }
      const steps = toSteps(counters.list("a", 0), start, range);
      expect(steps).toHaveLength(60);
      const stepMs = range / 60;
      for (const step of steps) {
        const from = Date.parse(step.at);
        const within = told.filter(({ at }) => at >= from && at < from + stepMs);
        const count = (kind: string): number => within.filter((each) => each.kind === kind).length;
        const requests = within.filter(({ kind }) => kind === "request");
        const attempts = within.filter(({ kind }) => ["delivered", "retried", "failed"].includes(kind));
        const left = requests.flatMap(({ remaining }) => remaining ?? []);
        const longest = (of: { durationMs: number }[]) =>
          of.length === 0 ? null : Math.max(...of.map(({ durationMs }) => durationMs));
        expect(step).toMatchObject({
          ...{ inbound: count("inbound"), outbound: count("outbound"), delivered: count("delivered") },
          ...{ retried: count("retried"), failed: count("failed") },
          succeeded: requests.filter(({ status }) => status < 400).length,
          refused: requests.filter(({ status }) => status >= 400 && status < 500).length,
          broken: requests.filter(({ status }) => status >= 500).length,
          remaining: left.length === 0 ? null : Math.min(...left),
          requestMax: longest(requests),
          attemptMax: longest(attempts),
        });
      }
      expect(Date.parse(steps.at(-1)?.at ?? "")).toBeLessThanOrEqual(start);
      expect(Date.parse(steps.at(-1)?.at ?? "") + stepMs).toBeGreaterThan(start);
    }),
    { numRuns: chooseRuns(60) },
  );
});

test("however long it runs and however many orgs there are, a bounded number of minutes is kept, the latest", () => {
  let now = start;
  const counters = createCounters(() => now);
  for (let index = 0; index < 3000; index += 1) {
    now += minute;
    counters.countMessage("busy", "inbound");
    for (let org = 0; org < 10; org += 1) counters.countMessage(`org_${org}`, "outbound");
  }
  const kept = ["busy", ...Array.from({ length: 10 }, (_, org) => `org_${org}`)].map((org) => counters.list(org, 0));
  expect(kept.reduce((sum, minutes) => sum + minutes.length, 0)).toBeLessThanOrEqual(14_400);
  for (const minutes of kept) {
    expect(minutes.length).toBeGreaterThan(1000);
    expect(minutes.at(-1)?.at).toBe(Math.floor(now / minute) * minute);
  }
});

test("requests, messages and attempts of an org are counted for it alone, and a reset forgets them", async () => {
  const reference = createReference({
    control: true,
    clock: () => start,
    rateLimit: 100,
    deliver: async () => ({ status: 500, headers: {}, body: "" }),
  });
  const ask = async (path: string): Promise<Body> => (await call(reference, "GET", path)).body;
  const hook = { url: "https://example.com/", events: ["message.created"] };
  await call(reference, "POST", "/v1/webhooks", hook);
  await call(reference, "GET", "/v1/contacts/contact_none");
  await reference.control.inbound({ platform: "telegram", from: "1", content: "Hi" });
  await reference.settled();
  const { data, limit, stepMs } = await ask("/_console/charts");
  expect([limit, stepMs]).toEqual([100, minute]);
  expect(data.at(-1)).toMatchObject({ succeeded: 1, refused: 1, remaining: 98, inbound: 1, outbound: 0, retried: 1 });
  const { id } = await reference.control.createOrg({ name: "Acme" });
  expect((await ask(`/_console/charts?orgId=${id}&range=day`)).data.at(-1)).toMatchObject({ succeeded: 0, inbound: 0 });
  await reference.control.reset();
  expect((await ask("/_console/charts")).data.at(-1)).toMatchObject({ succeeded: 0, inbound: 0, remaining: null });
  expect((await call(reference, "GET", "/_console/charts?range=year")).status).toBe(400);
  await reference.close();
});
