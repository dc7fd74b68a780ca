/** The history of one conversation, newest first, a checkpoint a page: to its beginning, or down to what is known. */
import type { Message } from "../../api/index.ts";
import { isErrorNamed, type OnSync } from "../../client/index.ts";
import { parseInstant } from "../../client/wire/instant.ts";
import { addRecords, type Backfill, readCheckpoint } from "./backfill.ts";
import { type ConversationCheckpoint, needsWalk, newConversation } from "./checkpoints.ts";
import { toRow } from "./records.ts";

/** Messages that come late, and statuses that are not final, are read again for as long, in milliseconds. */
const overlapMs = 10 * 60 * 1000;
/** A conversation in which somebody goes on writing is read again with the next export. */
const maxWalks = 3;

type Pages = ReturnType<OnSync["messages"]["iteratePages"]>;

/** @returns how many pages it took */
export async function readConversation(backfill: Backfill, id: string): Promise<number> {
  const name = `${backfill.names.conversations}${id}`;
  let checkpoint = (await readCheckpoint<ConversationCheckpoint>(backfill, name)) ?? newConversation;
  let pages = 0;
  for (let walks = 0; walks < maxWalks && needsWalk(checkpoint, backfill); walks++) {
    const { upTo } = checkpoint;
    const walked = await walk(backfill, id, checkpoint);
    checkpoint = walked.checkpoint;
    pages += walked.pages;
    // It does not show yet what the list told of: asking again at once costs requests alone.
    if (checkpoint.upTo === upTo) break;
  }
  return pages;
}

async function walk(backfill: Backfill, id: string, start: ConversationCheckpoint) {
  const floor = start.isWhole && start.upTo !== null ? start.upTo - overlapMs : Number.NEGATIVE_INFINITY;
  let checkpoint = start;
  let newest = start.walk?.newest ?? null;
  let pages = 0;
  const end = () => {
    const upTo = newest ?? start.upTo;
    const settledUpTo = upTo === null || upTo <= backfill.settledUpTo ? null : backfill.settledUpTo;
    return { ...checkpoint, walk: null, isWhole: true, upTo, run: backfill.run, settledUpTo };
  };
  try {
    for await (const { messages, isLast, isGap } of readPages(backfill, id, start.walk?.before)) {
      pages += 1;
      const { oldest, latest, keyless } = examine(messages);
      newest ??= latest;
      checkpoint = { ...checkpoint, unread: checkpoint.unread + keyless + (isGap ? 1 : 0) };
      const before = oldest === null ? checkpoint.walk?.before : nameAfter(oldest);
      const isEnd = isLast || (oldest !== null && oldest < floor);
      if (isEnd) checkpoint = end();
      else if (before !== undefined) checkpoint = { ...checkpoint, walk: { newest, before } };
      await addRecords(backfill, "messages", messages, noteAs(backfill, id, checkpoint));
      if (isEnd) return { checkpoint, pages };
    }
    // A server that does not say which page is the last gives one in which nothing is new.
    checkpoint = end();
  } catch (error) {
    if (!isErrorNamed(error, "NotFoundError") || !error.fromApi) throw error;
    // A number that nobody has written to or from has no conversation; one that was listed should be there.
    const origin = start.origin === "named" ? "named" : "absent";
    checkpoint = { ...checkpoint, walk: null, isWhole: origin === "absent", run: backfill.run, origin };
  }
  await backfill.committer.note(noteAs(backfill, id, checkpoint));
  return { checkpoint, pages };
}

/** Messages are read as what they may be, not as what they should be. */
function examine(messages: readonly (Message | null)[]) {
  const instants = messages.map((message) => parseInstant(message?.createdAt)).filter((at) => !Number.isNaN(at));
  const keyless = messages.filter((message) => toRow("messages", message) === null).length;
  if (instants.length === 0) return { oldest: null, latest: null, keyless };
  return { oldest: Math.min(...instants), latest: Math.max(...instants), keyless };
}

/** The millisecond after it: what shares its millisecond is asked for again. */
function nameAfter(at: number): string {
  return new Date(at + 1).toISOString();
}

function noteAs({ names }: Backfill, id: string, checkpoint: ConversationCheckpoint) {
  return new Map([[`${names.conversations}${id}`, JSON.stringify(checkpoint)]]);
}

/** A page for each call within the budget; where one fails, a new walk goes on from the last page. */
export async function* readPages({ calls, onRequest, signal }: Backfill, id: string, start: string | undefined) {
  let before = start;
  let pages: Pages | null = null;
  for (;;) {
    signal.throwIfAborted();
    const { value, done } = await calls.call(
      async (onsync) => {
        pages ??= onsync.messages.iteratePages(id, { pageSize: 100, ...(before !== undefined && { before }) });
        try {
          return await pages.next();
        } catch (error) {
          pages = null;
          throw error;
        }
      },
      { onAttempt: onRequest },
    );
    if (done) return;
    yield value;
    // Nothing more is asked for, nor taken of the budget.
    if (value.isLast) return;
    const oldest = Math.min(
      ...value.messages.map(({ createdAt }) => parseInstant(createdAt)).filter((at) => !Number.isNaN(at)),
    );
    if (Number.isFinite(oldest)) before = new Date(oldest + 1).toISOString();
  }
}
