/** The histories of all conversations that are known, several at once; one that cannot be read holds up no other. */
import { isOnSyncError } from "../../client/index.ts";
import { maxConcurrency } from "../budget/budget.ts";
import { type Backfill, listCheckpoints } from "./backfill.ts";
import { type ConversationCheckpoint, needsWalk } from "./checkpoints.ts";
import { readConversation } from "./history.ts";

export type WalkProgress = { conversations: number; walked: number; pages: number };

/**
 * @param stop ends what is under way, where one fails for a reason that is none of OnSync's
 * @param onWalk told of each conversation
 */
export async function walkConversations(
  backfill: Backfill,
  { stop, onWalk }: { stop: (reason: unknown) => void; onWalk: (progress: WalkProgress) => void },
): Promise<void> {
  const { names, committer, signal } = backfill;
  const conversations = () => listCheckpoints<ConversationCheckpoint>(backfill, names.conversations);
  await committer.flush();
  const progress: WalkProgress = { conversations: 0, walked: 0, pages: 0 };
  for await (const { checkpoint } of conversations()) if (needsWalk(checkpoint, backfill)) progress.conversations += 1;
  onWalk(progress);
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  const walk = async (id: string) => {
    try {
      // Read first: while it is waited for, others add theirs.
      const pages = await readConversation(backfill, id);
      progress.pages += Math.max(1, pages);
    } catch (error) {
      // The next export tries again.
      if (!isOnSyncError(error)) throw error;
    }
    progress.walked += 1;
    onWalk(progress);
  };
  try {
    for await (const { id, checkpoint } of conversations()) {
      if (!needsWalk(checkpoint, backfill)) continue;
      while (underWay.size >= maxConcurrency) await Promise.race(underWay);
      if (signal.aborted) break;
      const work = walk(id)
        .catch((error) => {
          failure ??= error;
          stop(error);
        })
        .finally(() => underWay.delete(work));
      underWay.add(work);
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure !== undefined) throw failure;
  signal.throwIfAborted();
  await committer.flush();
}
