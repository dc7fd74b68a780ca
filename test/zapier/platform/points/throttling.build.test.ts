/** On Zapier's build: runs that OnSync throttles come back spread out, and wait nowhere for nothing. */
import { describe, expect, test } from "@jest/globals";
import { customer, useSteps } from "./steps.ts";

// One request every ten seconds.
const steps = useSteps({ rateLimit: 360 });

describe("14: throttled runs", () => {
  test("come back each at a time of its own, and none too early", async () => {
    const trouble = { api: () => ({ kind: "throttled", retryAfterSeconds: 100 }) as const };
    const delays: number[] = [];
    for (let run = 0; run < 8; run += 1) {
      const outcome = await steps.run("creates.save_contact", { phone: customer }, { trouble });
      expect(outcome).toMatchObject({ kind: "throttled" });
      if (outcome.kind === "throttled") delays.push(outcome.delaySeconds);
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(100);
    expect(new Set(delays).size).toBeGreaterThan(4);
  });

  test("on an empty budget wait in the function only where they get their turn", async () => {
    const { reference, clock } = steps.world;
    const headers = { Authorization: `Bearer ${reference.key}` };
    let status = 200;
    while (status !== 429) status = (await reference.fetch(new Request("http://127.0.0.1/v1/me", { headers }))).status;
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, async (_, zap) => {
        const outcome = await steps.run("searches.find_contact", { phone: customer }, { zap });
        const first = steps.requests().find(({ run }) => run === outcome.token);
        return { kind: outcome.kind, waitedMs: clock.now() - (first?.at ?? 0) };
      }),
    );
    expect(outcomes.map(({ kind }) => kind)).toContain("throttled");
    for (const { kind, waitedMs } of outcomes) if (kind === "throttled") expect(waitedMs).toBeLessThan(9000);
  });
});
