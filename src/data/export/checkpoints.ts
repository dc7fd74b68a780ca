/** How far an export has come, as small texts in its target: a checkpoint for each list, and for each conversation. */

/** Of a list that is read page by page, the latest changes first. Instants are in milliseconds since 1970, or as OnSync says. */
export type ListCheckpoint = {
  /** Of the page that is next; `null` where the next pass begins at the top. */
  cursor: string | null;
  /** Of the pass under way: when it began by OnSync's clock, and how late its first item was changed. */
  asOf: string | null;
  newest: number | null;
  /** What was changed before that is known from passes before. */
  floor: number | null;
  /** What was there then is known. */
  wholeAsOf: string | null;
};

export const newList: ListCheckpoint = { cursor: null, asOf: null, newest: null, floor: null, wholeAsOf: null };

export type ConversationCheckpoint = {
  /** Of its last message, as a list of conversations told; `null` where none did. */
  activity: number | null;
  /** Whether its history was read to its beginning, and how late the newest message was then. */
  isWhole: boolean;
  upTo: number | null;
  /** The reading that is under way: how late its newest message is, and where it goes on. */
  walk: { newest: number | null; before: string } | null;
  /**
   * Where messages before the newest may have come late: up to when none can have, as `upTo`. A later reading of the lists has it
   * read again. `null`: none can have.
   */
  settledUpTo: number | null;
  /** The number of the export that read it last. */
  run: number;
  /** Messages that could not be had: they have no id, or more share a millisecond than a page holds. */
  unread: number;
  /** `guess`: made of a contact's phone number, and there may be none. `absent`: there was none. */
  origin: "named" | "guess" | "absent";
};

export const newConversation: ConversationCheckpoint = {
  ...{ activity: null, isWhole: false, upTo: null, walk: null, settledUpTo: null, run: 0, unread: 0, origin: "named" },
};

/** @param now the export under way, and up to when histories show what was made */
export function needsWalk(checkpoint: ConversationCheckpoint, now: { run: number; settledUpTo: number }): boolean {
  const { activity, isWhole, upTo, walk, settledUpTo, run } = checkpoint;
  if (!isWhole || walk !== null) return true;
  if (settledUpTo !== null && settledUpTo < now.settledUpTo) return true;
  return activity === null ? run !== now.run : activity > (upTo ?? Number.NEGATIVE_INFINITY);
}

/**
 * A contact that is read by its id. `known`: its conversations are known; `elsewhere`: those on other platforms than WhatsApp
 * cannot be; `absent`: there is no such contact.
 */
export type ContactCheckpoint = {
  run: number;
  found: "known" | "elsewhere" | "absent" | null;
  /** When it was so, by OnSync's clock. */
  asOf: string | null;
};

/** The names under which they are kept; those of an export of one contact apart from those of all. */
export function nameCheckpoints(contact: string | undefined) {
  const scope = contact === undefined ? "backfill:" : `backfill:of ${contact}:`;
  return {
    run: `${scope}run`,
    list: (table: string) => `${scope}list:${table}`,
    contacts: `${scope}contact:`,
    conversations: `${scope}conversation:`,
  };
}
