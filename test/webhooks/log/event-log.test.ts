import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Event, type EventType, eventTypes, sampleEvent } from "../../../src/api/index.ts";
import { createEventLog, type EventLog } from "../../../src/webhooks/log/event-log.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";

/** A clock whose sleeps end when the test says so, or when they are aborted. */
function manualClock() {
  let wakeAll = Promise.withResolvers<void>();
  return {
    now: () => 0,
    sleep: (_ms: number, signal?: AbortSignal) =>
      Promise.race([
        wakeAll.promise,
        new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve())),
      ]),
    timeOut: () => {
      wakeAll.resolve();
      wakeAll = Promise.withResolvers();
    },
  };
}

function event(id: string, type: EventType = "message.created"): Event {
  return { ...sampleEvent(type), id } as Event;
}

function ids({ data }: { data: Event[] }) {
  return data.map(({ id }) => id);
}

const nothingLeft = { limit: 100, timeoutMs: 0 };

async function start(log: EventLog, clock: ReturnType<typeof manualClock>): Promise<string> {
  const answer = log.wait(nothingLeft);
  clock.timeOut();
  return (await answer).cursor;
}

describe("event log", () => {
  test("hands on what arrives after the first look, and goes on from the cursor", async () => {
    const clock = manualClock();
    const log = createEventLog({ clock });
    log.append(event("evt_0"));
    const cursor = await start(log, clock);
    log.append(event("evt_1"));
    log.append(event("evt_2"));
    const first = await log.wait({ ...nothingLeft, cursor });
    expect(first).toMatchObject({ more: false, gap: false });
    expect(ids(first)).toEqual(["evt_1", "evt_2"]);
    log.append(event("evt_3"));
    expect(ids(await log.wait({ ...nothingLeft, cursor: first.cursor }))).toEqual(["evt_3"]);
    expect(ids(await log.wait({ ...nothingLeft, cursor: first.cursor }))).toEqual(["evt_3"]);
  });

  test("answers a waiting reader when an event arrives", async () => {
    const log = createEventLog({ clock: manualClock() });
    const waiting = log.wait({ limit: 10, timeoutMs: 20_000 });
    log.append(event("evt_1"));
    expect(ids(await waiting)).toEqual(["evt_1"]);
  });

  test("an id is its org's own, and another event under it is refused aloud", async () => {
    const log = createEventLog({ clock: manualClock() });
    expect(log.append(event("evt_1"))).toBe(true);
    expect(log.append({ ...event("evt_1"), orgId: "org_other" })).toBe(true);
    expect(log.append(event("evt_1"))).toBe(false);
    expect(() => log.append({ ...event("evt_1"), createdAt: "2024-12-02T10:00:00.000Z" })).toThrow(
      expect.objectContaining({ name: "EventConflictError", message: expect.stringContaining("another body") }),
    );
  });

  test("an event of another type does not end the wait", async () => {
    const clock = manualClock();
    const log = createEventLog({ clock });
    const waiting = log.wait({ limit: 10, timeoutMs: 20_000, types: ["contact.created"] });
    log.append(event("evt_1"));
    log.append(event("evt_2", "contact.created"));
    expect(ids(await waiting)).toEqual(["evt_2"]);
  });

  test("answers with nothing when the time is up, and the cursor still goes on", async () => {
    const clock = manualClock();
    const log = createEventLog({ clock });
    const cursor = await start(log, clock);
    const waiting = log.wait({ limit: 10, timeoutMs: 20_000, cursor });
    clock.timeOut();
    const answer = await waiting;
    expect(answer).toMatchObject({ data: [], more: false, gap: false });
    log.append(event("evt_1"));
    expect(ids(await log.wait({ ...nothingLeft, cursor: answer.cursor }))).toEqual(["evt_1"]);
  });

  test("keeps an event once", async () => {
    const clock = manualClock();
    const log = createEventLog({ clock });
    const cursor = await start(log, clock);
    expect(log.append(event("evt_1"))).toBe(true);
    expect(log.append(event("evt_1"))).toBe(false);
    expect(ids(await log.wait({ ...nothingLeft, cursor }))).toEqual(["evt_1"]);
  });

  test("tells of a gap where events after the cursor are no longer kept", async () => {
    const clock = manualClock();
    const log = createEventLog({ capacity: 2, clock });
    const cursor = await start(log, clock);
    for (const id of ["evt_1", "evt_2", "evt_3"]) log.append(event(id));
    const answer = await log.wait({ ...nothingLeft, cursor });
    expect(answer.gap).toBe(true);
    expect(ids(answer)).toEqual(["evt_2", "evt_3"]);
    const [name] = answer.cursor.split(".");
    for (const lost of ["gone.7", "gone.4", `${name}.99`, `${name}.-1`, `${name}.`, "nonsense"])
      expect([lost, (await log.wait({ ...nothingLeft, cursor: lost })).gap]).toEqual([lost, true]);
  });

  test("a wait ends when the caller aborts it", async () => {
    const log = createEventLog({ clock: manualClock() });
    const controller = new AbortController();
    const waiting = log.wait({ limit: 10, timeoutMs: 20_000, signal: controller.signal });
    controller.abort(new Error("gave up"));
    await expect(waiting).rejects.toThrow("gave up");
  });

  test("property: pages of any size give every wanted event exactly once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...eventTypes), { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        fc.subarray([...eventTypes], { minLength: 1 }),
        async (arrivals, limit, types) => {
          const clock = manualClock();
          const log = createEventLog({ clock });
          let cursor = await start(log, clock);
          arrivals.forEach((type, index) => {
            log.append(event(`evt_${index}`, type));
          });
          const seen: string[] = [];
          for (let more = arrivals.some((type) => types.includes(type)); more; ) {
            const answer = await log.wait({ limit, timeoutMs: 0, types, cursor });
            seen.push(...ids(answer));
            ({ cursor, more } = answer);
          }
          expect(seen).toEqual(arrivals.flatMap((type, index) => (types.includes(type) ? [`evt_${index}`] : [])));
        },
      ),
      { numRuns: chooseRuns(200) },
    );
  });
});
