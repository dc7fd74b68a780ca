/** A past that an inbox is filled with, and what goes on in it while an export runs. */
import { createRandom, type Random } from "../../hostile/random.ts";
import { Activity } from "./activity.ts";
import { Inbox } from "./inbox.ts";

export type Traffic = {
  inbox: Inbox;
  /** So many things happen, now. */
  step(count?: number): void;
  /** Somebody writes in the conversation that was quiet for longest, which goes to the top of their list. */
  stir(): void;
  /** What goes on happens every few milliseconds, until `stop`. */
  start(everyMs: number): void;
  stop(): void;
};

export type InboxSize = { conversations: number; maxMessages: number; strangers: number };

const hourMs = 3_600_000;

/** A conversation's messages, minutes apart, oldest first. */
function writePast(activity: Activity, inbox: Inbox, size: InboxSize, random: Random): void {
  const now = Date.now() - hourMs;
  const started = now - 72 * hourMs;
  for (let number = 0; number < size.strangers; number++) activity.createContact(started);
  for (let number = 0; number < size.conversations; number++) {
    const id = activity.startConversation(started + number * 60_000);
    // A few are long, most are not: some end within a page, some at its end.
    const count = random.pick([0, 1, 19, 20, 21, random.whole(2, size.maxMessages), size.maxMessages]);
    for (let each = 1; each < count; each++) {
      const { id: messageId } = activity.addMessage(id, started + number * 60_000 + each);
      while (random.chance(0.6) && activity.advanceStatus(messageId, started));
    }
    if (random.chance(0.3)) activity.resolve(id, started);
  }
  if (inbox.ids("messages").length === 0) throw new Error("the past has no message");
}

export function createTraffic(seed: number, size: InboxSize): Traffic {
  const [random, inbox] = [createRandom(seed), new Inbox()];
  const activity = new Activity(inbox, random);
  inbox.silent = true;
  writePast(activity, inbox, size, random);
  inbox.silent = false;
  let timer: NodeJS.Timeout | undefined;

  const happen = (): void => {
    const [now, kind] = [Date.now(), random.next()];
    const conversation = random.pick([...inbox.histories.keys()]);
    if (kind < 0.3) activity.addMessage(conversation, now);
    else if (kind < 0.55) activity.advanceStatus(random.pick(recentMessages(inbox)), now);
    else if (kind < 0.65) activity.advanceStatus(random.pick(inbox.ids("messages")), now);
    else if (kind < 0.75) activity.changeContact(random.pick(inbox.ids("contacts")), now);
    else if (kind < 0.82) activity.assign(conversation, now);
    else if (kind < 0.89) activity.resolve(conversation, now);
    else if (kind < 0.95) activity.startConversation(now);
    else activity.createContact(now);
  };
  const step = (count = 1): void => {
    for (let number = 0; number < count; number++) happen();
  };
  return {
    ...{ inbox, step },
    stir() {
      const rows = inbox.ids("conversations").map((id) => inbox.newest("conversations", id));
      const quiet = rows.reduce((one, other) =>
        String(one.lastMessageAt) < String(other.lastMessageAt) ? one : other,
      );
      activity.addMessage(quiet.id, Date.now());
    },
    start(everyMs) {
      timer ??= setInterval(() => step(), everyMs);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

function recentMessages(inbox: Inbox): string[] {
  return inbox.ids("messages").slice(-30);
}
