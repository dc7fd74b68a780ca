/** What whoever counts hand-ons is told of each attempt. */
import { expect, test } from "@jest/globals";
import type { HandOnEvent } from "../../../src/webhooks/dispatcher/hand-on.ts";
import { SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { startTestDispatcher } from "./harness.ts";

/** @param answers what the sink does at each attempt at one event: an error to throw, or how long it takes */
async function tell(answers: (Error | number)[]): Promise<HandOnEvent[]> {
  const told: HandOnEvent[] = [];
  await using at = startTestDispatcher(
    async () => {
      const answer = answers[at.handed.length - 1];
      if (answer instanceof Error) throw answer;
      await at.clock.sleep(answer ?? 0);
    },
    { onHandOn: (event) => told.push(event), timeoutMs: 1000 },
  );
  await at.accept("evt_1", "whatsapp:+1");
  await at.until(({ waiting }) => waiting === 0);
  return told;
}

const away = new SinkUnavailableError("ECONNREFUSED");
const no = new Error("the sink answered 400");

test("an event that is out of reach, refused, then taken: each attempt, how long it took, and the event's age", async () => {
  expect(await tell([away, no, 40])).toEqual([
    { outcome: "unavailable", durationMs: 0, ageMs: 0 },
    { outcome: "refused", durationMs: 0, ageMs: 1000 },
    { outcome: "done", durationMs: 40, ageMs: 3040 },
  ]);
});

test("the refusal after which it is a dead letter is told as given up", async () => {
  expect((await tell([no, no, no])).map(({ outcome }) => outcome)).toEqual(["refused", "refused", "given_up"]);
});

test("a sink that does not answer in time was unavailable for all of that time", async () => {
  expect((await tell([60_000, 5]))[0]).toEqual({ outcome: "unavailable", durationMs: 1000, ageMs: 1000 });
});

test("a lease that was over before the sink was asked is no attempt on the sink", async () => {
  const told: HandOnEvent[] = [];
  await using at = startTestDispatcher(() => {}, { onHandOn: (event) => told.push(event) });
  const { take } = at.store;
  let isLate = true;
  at.store.take = async (...limits) => {
    const claimed = await take(...limits);
    const late = isLate ? claimed.map((event) => ({ ...event, leaseMs: 0 })) : claimed;
    isLate &&= claimed.length === 0;
    return late;
  };
  await at.accept("evt_1", "whatsapp:+1");
  await at.until(({ waiting }) => waiting === 0);
  expect(told.map(({ outcome }) => outcome)).toEqual(["lease_ended", "done"]);
  expect(at.handed).toHaveLength(1);
});

test("an event whose lease another receiver has by then is logged, with its key", async () => {
  const logged: unknown[] = [];
  await using at = startTestDispatcher(() => {}, { log: (...entry: unknown[]) => logged.push(entry) });
  const { done } = at.store;
  at.store.done = async (claimed) => (await done(claimed)) && claimed.key !== "lost";
  await at.accept("evt_1", "kept");
  await at.accept("evt_2", "lost");
  await at.until(({ waiting }) => waiting === 0);
  expect(logged).toEqual([
    ["warn", "lease lost: another receiver has taken this over", { event: "evt_2", key: "lost" }],
  ]);
});

test("who counts may throw: the event is handed on all the same", async () => {
  await using at = startTestDispatcher(() => {}, {
    onHandOn: () => {
      throw new Error("in onHandOn");
    },
  });
  await at.accept("evt_1", "whatsapp:+1");
  await at.until(({ waiting }) => waiting === 0);
  expect(at.handed.map(({ attempt }) => attempt)).toEqual([1]);
});
