/**
 * What holds under every behaviour and every fault, by an oracle that knows only what was asked for: each send is one
 * message or none, as the fault says, at the time it says; and a reader who follows `nextBefore` sees each once.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { BehaviourInput, FaultInput } from "../../../reference/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { type Body, start, still } from "../caller.ts";

const behaviour: fc.Arbitrary<BehaviourInput> = fc.record(
  {
    historyLagMs: fc.integer({ min: 0, max: 3000 }),
    conversationIds: fc.constantFrom("documented", "digits", "opaque"),
    notFound: fc.constantFrom("own", "framework"),
    lateWorkMs: fc.integer({ min: 0, max: 3000 }),
    historyMetadata: fc.boolean(),
    maxPage: fc.integer({ min: 1, max: 100 }),
    refuseLimitOver: fc.integer({ min: 1, max: 100 }),
    times: fc.constantFrom("utc", "zoneless", "micros"),
  },
  { requiredKeys: [] },
);

type Fault = FaultInput & {
  /** What the words of the fault say of the work: before the answer, never, or late where work may be late. */
  work: "first" | "none" | "none, or late" | "first, or late";
};
const fault: fc.Arbitrary<Fault | null> = fc.constantFrom<(Fault | null)[]>(
  null,
  { status: 500, work: "none, or late" },
  { status: 502, body: "<html></html>", work: "none, or late" },
  { status: 303, work: "none, or late" },
  { status: 304, work: "none, or late" },
  { status: 403, body: "<html></html>", work: "none, or late" },
  { status: 404, body: { statusCode: 404 }, work: "none, or late" },
  { status: 429, work: "none" },
  { status: 403, work: "none" },
  { status: 503, after: true, work: "first" },
  { status: 429, after: true, work: "first" },
  { kind: "drop_response", work: "first, or late" },
  { kind: "reset", work: "first, or late" },
  { kind: "truncate", work: "first, or late" },
  { kind: "malformed", work: "first, or late" },
  { latencyMs: 5, work: "first" },
);

/** When, after the answer, the message of a send is there; `null`: never. */
function doneAfter(met: Fault | null, lateWorkMs: number): number | null {
  if (met === null || met.work === "first") return 0;
  if (met.work === "none") return null;
  if (lateWorkMs > 0) return lateWorkMs;
  return met.work === "first, or late" ? 0 : null;
}

test("each send is one message or none, and paging finds each once", async () => {
  await fc.assert(
    fc.asyncProperty(
      behaviour,
      fc.array(fc.tuple(fault, fc.integer({ min: 0, max: 2000 })), { minLength: 1, maxLength: 12 }),
      async (settings, sends) => {
        await using api = still({ sleep: async () => {} });
        await api.inbound("Hi");
        await api.reference.control.behaviour(settings);
        const { historyLagMs = 0, lateWorkMs = 0, historyMetadata = true } = settings;
        const expected: { content: string; at: number }[] = [{ content: "Hi", at: start }];
        let now = start;
        for (const [index, [met, pause]] of sends.entries()) {
          const content = `No ${index}`;
          if (met !== null) {
            const { work: _work, ...given } = met;
            await api.reference.control.faults.add({ ...given, method: "POST", times: 1 });
          }
          const body = { platform: "whatsapp", to: "+971500000000", messageType: "text", content, metadata: { index } };
          await api.call("POST", "/v1/messaging/send", body).catch(() => {});
          const after = doneAfter(met, lateWorkMs);
          if (after !== null) expected.push({ content, at: now + after });
          await api.later(pause);
          now += pause;
        }

        const { data } = (await api.call("GET", "/v1/conversations?limit=1")).body;
        const path = `/v1/conversations/${encodeURIComponent(data[0].id)}/messages`;
        const read = async (): Promise<Body[]> => {
          const messages: Body[] = [];
          for (let before = ""; ; ) {
            const { status, body } = await api.call("GET", `${path}?${before}`);
            expect(status).toBe(200);
            messages.push(...body.data);
            if (body.nextBefore === null) return messages;
            before = `before=${encodeURIComponent(body.nextBefore)}`;
          }
        };
        // A message's own createdAt may be a few milliseconds later, where several fell into one.
        const seen = (await read()).map(({ content }) => content);
        const due = expected.filter(({ at }) => at <= now - historyLagMs).map(({ content }) => content);
        const barelyDue = expected.filter(({ at }) => at <= now - historyLagMs - 20).map(({ content }) => content);
        expect(due).toEqual(expect.arrayContaining(seen));
        expect(seen).toEqual(expect.arrayContaining(barelyDue));

        await api.later(10_000);
        const all = await read();
        expect(all.map(({ content }) => content).toSorted()).toEqual(expected.map(({ content }) => content).toSorted());
        for (const message of all) expect(Object.hasOwn(message, "metadata")).toBe(historyMetadata);
      },
    ),
    { numRuns: chooseRuns(150) },
  );
});
