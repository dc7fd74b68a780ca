/**
 * The law of sending: under any fault a send ends in exactly one message, or in an error that truthfully says that none
 * was sent, or that this cannot be told. Held on a model of a server (`send-model.ts`).
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { type Fate, fate, type History, play } from "./send-model.ts";

function holds({ outcome, took, sent, sentWhenItEnded }: Awaited<ReturnType<typeof play>>) {
  // Never twice, whatever is said.
  expect(sent.length).toBeLessThanOrEqual(1);
  // The deadline, and as much as ten seconds more to find out.
  expect(took).toBeLessThanOrEqual(40_000);
  if (!(outcome instanceof Error)) {
    expect(sentWhenItEnded).toBe(1);
    expect(outcome.id).toBe(sent[0]?.id);
    return "sent";
  }
  if (outcome.outcome === "not_sent") expect(sent).toEqual([]);
  else
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      outcome: "unknown",
      clientReference: expect.any(String),
    });
  return outcome.outcome;
}

const circumstances = {
  skew: fc.constantFrom(0, -86_400_000, 86_400_000, 30_000),
  clockless: fc.boolean(),
  earlier: fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 5 }),
  busy: fc.constantFrom(0, 0, 3, 120),
  latency: fc.constantFrom(0, 10, 3_000),
};

describe("property: one message, or an error that truthfully says not sent or unknown", () => {
  test("under any single fault", async () => {
    const outcomes = new Set<string | undefined>();
    await fc.assert(
      fc.asyncProperty(fate, fc.record(circumstances), async (only, around) => {
        outcomes.add(holds(await play({ fates: [only], history: "fine", ...around })));
      }),
      { numRuns: chooseRuns(400) },
    );
    expect([...outcomes].sort()).toEqual(["not_sent", "sent", "unknown"]);
  });

  test("under several faults, the history's too", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { minLength: 1, maxLength: 5 }),
        fc.constantFrom<History>("fine", "forbidden", "down", "flaky", "hangs", "html 404"),
        fc.record(circumstances),
        async (fates, history, around) => {
          holds(await play({ fates, history, ...around }));
        },
      ),
      { numRuns: chooseRuns(400) },
    );
  });

  test("a replay with the caller's reference, once everything has arrived, leaves exactly one message", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 4 }), fc.record(circumstances), async (fates, around) => {
        const first = await play({ fates, history: "fine", ...around, busy: 0 }, "order-17");
        holds(first);
        const again = await first.send();
        // Fates that are left over may meet the replay as well: it is held to the same law.
        if (!(again instanceof Error) && first.sent[0]) expect(again.id).toBe(first.sent[0].id);
        if (first.sent.length === 1) expect(again).not.toBeInstanceOf(Error);
      }),
      { numRuns: chooseRuns(200) },
    );
  });
});

describe("an outcome that is certain is not called unknown", () => {
  const around = { history: "fine", skew: 0, clockless: false, earlier: [], busy: 0, latency: 10 } as const;
  const sees = { works: 0, notDone: null } as const;

  test.each<[Fate, string]>([
    [{ works: sees.works, sees: "reset" }, "sent"],
    [{ works: sees.works, sees: "silence" }, "sent"],
    [{ works: sees.works, sees: "truncated" }, "sent"],
    [{ works: sees.works, sees: "html 502" }, "sent"],
    [{ works: sees.works, sees: "500" }, "sent"],
    [{ works: 1_200, sees: "reset" }, "sent"],
    [{ works: 1_200, sees: "500" }, "sent"],
    [{ works: 1_200, sees: "302" }, "sent"],
    [{ works: sees.notDone, sees: "no connection" }, "sent"],
    [{ works: sees.notDone, sees: "429" }, "sent"],
    [{ works: sees.notDone, sees: "429 for long" }, "not_sent"],
    [{ works: sees.notDone, sees: "window" }, "not_sent"],
    [{ works: sees.notDone, sees: "reset" }, "unknown"],
    [{ works: sees.notDone, sees: "500" }, "unknown"],
    [{ works: sees.notDone, sees: "html 403" }, "unknown"],
    [{ works: 300_000, sees: "reset" }, "unknown"],
  ])("%j: %s", async (only, expected) => {
    expect(holds(await play({ fates: [only], ...around, earlier: [] }))).toBe(expected);
  });
});
