/** What holds for every history and every sequence of pages. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { MessageStore } from "../../../testing/message-store.ts";
import { noon, serve, walk } from "../../../testing/message-walk.ts";
import { json, type Step } from "../../../testing/scripted.ts";

describe("messages.iterate", () => {
  test("property: every message once, newest first, under ties, inserts meanwhile and any page size", async () => {
    await fc.assert(
      fc.asyncProperty(
        // Few instants, so that many share one; never more than the 100 that one page can hold.
        fc.array(fc.nat({ max: 12 }), { maxLength: 90 }),
        fc.array(fc.record({ request: fc.integer({ min: 1, max: 12 }), at: fc.nat({ max: 14 }) }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 100 }),
        async (instants, inserts, pageSize) => {
          const store = new MessageStore();
          for (const instant of instants) store.add(noon + instant);
          const atStart = store.messages.map(({ id }) => id);
          const insert = (request: number) => {
            for (const { at } of inserts.filter((each) => each.request === request)) store.add(noon + at);
          };
          const { seen, ids } = await walk(serve(store, insert), { pageSize });
          expect(new Set(ids).size).toBe(ids.length);
          expect(atStart.filter((id) => !ids.includes(id))).toEqual([]);
          const times = seen.map(({ createdAt }) => Date.parse(createdAt));
          // What arrives meanwhile may come after its neighbours of the same instant, never among older ones.
          expect(times).toEqual([...times].sort((a, b) => b - a));
        },
      ),
      { numRuns: chooseRuns(400) },
    );
  });

  test("property: the walk ends, whatever the pages hold", async () => {
    const item = fc.oneof(
      fc.record({
        id: fc.constantFrom("a", "b", "c", "d"),
        createdAt: fc.constantFrom(...[0, 1, 2, 3].map((ms) => new Date(noon + ms).toISOString()), "never"),
      }),
      fc.constant(null),
    );
    const page = fc.record({
      data: fc.array(item, { maxLength: 4 }),
      nextBefore: fc.constantFrom(null, "never", new Date(noon).toISOString(), new Date(noon + 3).toISOString()),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(page, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 100 }),
        async (pages, pageSize) => {
          let request = 0;
          const step: Step = () => json(200, pages[request++ % pages.length]);
          await walk(step, { pageSize }, 2_000).catch((error) =>
            expect(error).toMatchObject({ code: "unusable_answer" }),
          );
        },
      ),
      { numRuns: chooseRuns(300) },
    );
  });
});
