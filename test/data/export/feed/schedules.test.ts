/**
 * Feed and backfill together, in every order that chance comes upon: customers write and statuses move while a backfill reads,
 * deliveries come late, twice and in any order, the log forgets, the process is killed at its commits. At the end the target has
 * what OnSync has.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Committer } from "../../../../src/data/export/committer.ts";
import { EventFeed } from "../../../../src/data/export/feed/feed.ts";
import type { ExportRow } from "../../../../src/data/export/records.ts";
import { createManualClock } from "../../../../testing/events.ts";
import { createMemoryTarget, Killed, type MemoryTarget } from "../../../../testing/exports/memory-target.ts";
import { createModelLog, type ModelLog } from "./model-log.ts";

const lives = [
  ["queued", "sent", "delivered", "read"],
  ["queued", "failed"],
  ["sent", "read"],
] as const;
const conversations = ["whatsapp:+1", "telegram:2", "instagram:3"];

/** What happens beside the export. `pick` chooses among what there is. */
type Happening =
  | { kind: "message"; conversation: number; life: number }
  | { kind: "status"; pick: number }
  | { kind: "deliver"; pick: number; again: boolean }
  | { kind: "forget"; count: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("message" as const), conversation: fc.nat(2), life: fc.nat(2) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("status" as const), pick: fc.nat(99) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("deliver" as const), pick: fc.nat(99), again: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("forget" as const), count: fc.integer({ min: 1, max: 30 }) }) },
);

/** OnSync, as far as this test needs one. */
function createInbox(log: ModelLog) {
  const messages: { row: ExportRow; life: readonly string[]; step: number }[] = [];
  const undelivered: object[] = [];
  const announce = (message: (typeof messages)[number]) => {
    message.row = { ...message.row, status: message.life[message.step] };
    undelivered.push({ id: `evt_${undelivered.length}`, type: "message.updated", orgId: "org_1", data: message.row });
  };
  const deliver = (index: number, again: boolean) => {
    const [event] = undelivered.slice(index, index + 1);
    if (event) log.keep(event);
    if (!again) undelivered.splice(index, 1);
  };
  return {
    read: (conversation: string) => messages.map(({ row }) => row).filter((row) => row.conversationId === conversation),
    rows: () => messages.map(({ row }) => row),
    let(happening: Happening) {
      if (happening.kind === "message") {
        const conversationId = conversations[happening.conversation];
        const life = lives[happening.life] as readonly string[];
        messages.push({ row: { id: `msg_${messages.length}`, conversationId }, life, step: 0 });
        announce(messages.at(-1) as (typeof messages)[number]);
      } else if (happening.kind === "status") {
        const moving = messages.filter(({ life, step }) => step < life.length - 1);
        const message = moving[happening.pick % moving.length];
        if (!message) return;
        message.step += 1;
        announce(message);
      } else if (happening.kind === "deliver") {
        if (undelivered.length > 0) deliver(happening.pick % undelivered.length, happening.again);
      } else log.forget(happening.count);
    },
    deliverAll() {
      while (undelivered.length > 0) deliver(undelivered.length - 1, false);
    },
  };
}

/** What a run of an export does: the feed, a backfill where one is needed, and the feed again, until nothing is missing. */
async function run(
  log: ModelLog,
  target: MemoryTarget,
  inbox: ReturnType<typeof createInbox>,
  { goOn, onGap }: { goOn: () => void; onGap: () => void },
) {
  const committer = new Committer(target, createManualClock());
  const feed = new EventFeed({ source: log, committer, table: "messages", orgId: "org_1" });
  for (let isWhole = false; !isWhole; ) {
    await feed.catchUp();
    const gap = await feed.findGap();
    if (gap) onGap();
    isWhole = (await committer.readState("whole")) !== null && gap === null;
    if (isWhole) return;
    for (const conversation of conversations) {
      await committer.add("messages", inbox.read(conversation), new Map());
      goOn();
      await committer.flush();
      goOn();
    }
    await committer.note(
      new Map([
        ["whole", "yes"],
        [feed.gapName, null],
      ]),
    );
    await committer.flush();
    goOn();
  }
}

test("the target ends as OnSync is, whatever happened beside it and however often it was killed", async () => {
  let gaps = 0;
  let kills = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 60 }),
      fc.array(fc.constantFrom("none" as const, "none" as const, "before" as const, "after" as const), {
        maxLength: 12,
      }),
      fc.integer({ min: 1, max: 4 }),
      async (happenings, fates, pace) => {
        const log = createModelLog();
        const target = createMemoryTarget();
        const inbox = createInbox(log);
        const left = [...happenings];
        const goOn = () => {
          for (const each of left.splice(0, pace)) inbox.let(each);
        };
        target.fates.push(...fates);
        for (let isDone = false; !isDone; ) {
          goOn();
          if (left.length === 0) inbox.deliverAll();
          isDone = left.length === 0;
          try {
            await run(log, target, inbox, { goOn, onGap: () => (gaps += 1) });
            isDone &&= left.length === 0;
          } catch (error) {
            if (!(error instanceof Killed)) throw error;
            kills += 1;
            isDone = false;
          }
        }
        const found = new Map(target.rows("messages").map((row) => [row.id, row]));
        expect(found).toEqual(new Map(inbox.rows().map((row) => [row.id, row])));
      },
    ),
    { numRuns: 300 },
  );
  expect(kills).toBeGreaterThan(100);
  expect(gaps).toBeGreaterThan(5);
});
