/** What an export knows that it does not know: without that, it would only be said to be complete. */
import { type Backfill, listCheckpoints, settlingMs } from "./backfill.ts";
import type { ContactCheckpoint, ConversationCheckpoint } from "./checkpoints.ts";

export type Unknown = { what: string; count: number };

export function createCompleteness() {
  const counts = new Map<string, number>();
  const moments: string[] = [];
  const add = (what: string, count: number) => {
    if (count > 0) counts.set(what, (counts.get(what) ?? 0) + count);
  };

  return {
    noteUnknown: (what: string) => add(what, 1),
    /** All that was there then is known. */
    noteWhole: (asOf: string) => void moments.push(asOf),
    /**
     * Looks at every checkpoint, whichever process came to it.
     *
     * @param known whether a list names all conversations, and up to when events tell of all that changed
     */
    async examine(backfill: Backfill, known: { isListed: boolean; fedAsOf: number }): Promise<void> {
      const { names, tables } = backfill;
      let elsewhere = 0;
      if (tables.has("messages"))
        for await (const { checkpoint } of listCheckpoints<ConversationCheckpoint>(backfill, names.conversations)) {
          const { isWhole, activity, upTo, unread, origin, settledUpTo } = checkpoint;
          if (origin !== "named") elsewhere += 1;
          if (!isWhole) add("conversations that could not be read to their beginning", 1);
          add("messages that OnSync does not give a way to read", unread);
          if (settledUpTo !== null && settledUpTo > Number.MIN_SAFE_INTEGER)
            moments.push(new Date(Math.max(settledUpTo, known.fedAsOf)).toISOString());
          // Its history does not have yet what its list tells of.
          if (isWhole && activity !== null && upTo !== null && upTo < activity)
            moments.push(new Date(upTo).toISOString());
        }
      for await (const { checkpoint } of listCheckpoints<ContactCheckpoint>(backfill, names.contacts)) {
        if (checkpoint.found === "elsewhere" && tables.has("messages")) elsewhere += 1;
        if (backfill.contact !== undefined && checkpoint.asOf !== null)
          moments.push(new Date(Date.parse(checkpoint.asOf) - settlingMs).toISOString());
        if (checkpoint.found === "absent" && tables.has("contacts")) add("contacts that are named and not there", 1);
      }
      if (!known.isListed)
        add("contacts whose conversations on other platforms than WhatsApp cannot be known", elsewhere);
    },
    sum(): { unknown: Unknown[]; completeUpTo: string | null } {
      const unknown = [...counts].map(([what, count]) => ({ what, count }));
      const [earliest = null] = [...moments].sort((a, b) => Date.parse(a) - Date.parse(b));
      return { unknown, completeUpTo: unknown.length > 0 ? null : earliest };
    },
  };
}
