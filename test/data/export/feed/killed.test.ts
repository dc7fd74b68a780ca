/** Exports with an event log that are killed at their commits: the next one has what was left. */
import { expect, test } from "@jest/globals";
import { Inbox, type StoredMessage } from "../../../../testing/exports/inbox.ts";
import { createMemoryTarget, Killed } from "../../../../testing/exports/memory-target.ts";
import { createModelLog } from "./model-log.ts";
import { deliver, expectAll, run, write } from "./run.ts";

test("killed at any commit, a conversation that an event alone named is read to its beginning all the same", async () => {
  let kills = 0;
  for (let commit = 0, isOver = false; !isOver; commit++) {
    const inbox = new Inbox({ extensions: { contacts: false, conversations: false } });
    const [log, target] = [createModelLog(), createMemoryTarget()];
    write(inbox, log, "telegram:1");
    await run(inbox, target, log);
    // Written before there was a receiver.
    inbox.addMessage("telegram:2");
    write(inbox, log, "telegram:2");
    target.fates.push(...Array(commit).fill("none"), "after");
    try {
      await run(inbox, target, log);
      isOver = true;
    } catch (error) {
      expect(error).toBeInstanceOf(Killed);
      kills += 1;
    }
    target.fates.length = 0;
    await run(inbox, target, log);
    expectAll(target, inbox);
  }
  // Of the events, of the history, of the end.
  expect(kills).toBeGreaterThan(2);
});

test("killed at any commit while a gap is mended, the next export goes on until all is read again", async () => {
  let kills = 0;
  for (let commit = 0, isOver = false; !isOver; commit++) {
    const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(3, 5)];
    await run(inbox, target, log);
    deliver(log, Object.assign(inbox.allMessages[0] as StoredMessage, { status: "read" }));
    deliver(log, inbox.allMessages[0] as StoredMessage);
    log.forget(2);
    target.fates.push(...Array<"none">(commit).fill("none"), commit % 2 === 0 ? "before" : "after");
    await run(inbox, target, log).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
      kills += 1;
    });
    isOver = target.fates.length > 0;
    target.fates.length = 0;
    await run(inbox, target, log);
    expectAll(target, inbox);
    expect([...target.state.keys()]).not.toContain("feed:gap:messages");
  }
  expect(kills).toBeGreaterThan(4);
});

test("one table's export that has come to its end says nothing of another's", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(3, 2)];
  inbox.addContact();
  // Killed before it has read anything.
  target.fates.push("none", "none", "before");
  await expect(run(inbox, target, log)).rejects.toThrow(Killed);
  await run(inbox, target, log, { tables: ["contacts"] });
  await run(inbox, target, log);
  expectAll(target, inbox);
});
