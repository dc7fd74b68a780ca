/** Forgets what was done long ago. */
import type { SqliteContext } from "./context.ts";
import { prunedToSetting } from "./settings.ts";

/** Events forgotten in one transaction. */
const pruneGroupSize = 1000;

/**
 * Forgets events that were done before the time events are kept for, the oldest first. What waits or is dead stays,
 * however old.
 *
 * @returns how many
 */
export async function pruneEvents(context: SqliteContext): Promise<number> {
  for (let all = 0; ; ) {
    const forgotten = await context.commits.write(() => pruneGroup(context, context.now() - context.keepMs), false);
    all += forgotten;
    if (forgotten < pruneGroupSize) return all;
  }
}

function pruneGroup({ statements }: SqliteContext, before: number): number {
  const old = statements.selectDoneBefore.all(before, pruneGroupSize) as { position: number }[];
  const positions = old.map(({ position }) => position);
  for (const position of positions) statements.deleteEvent.run(position);
  if (positions.length > 0) statements.raiseSetting.run(prunedToSetting, String(Math.max(...positions)));
  return positions.length;
}
