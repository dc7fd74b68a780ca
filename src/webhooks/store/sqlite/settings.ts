/** Small things that the event file remembers beside the events. */
import type { SqliteContext } from "./context.ts";

/** Up to which position events have been forgotten. */
export const prunedToSetting = "pruned_to";
/** The log's own name. */
export const logSetting = "log";

export function readSetting({ statements }: SqliteContext, name: string): string | null {
  return (statements.selectSetting.get(name) as { value: string } | undefined)?.value ?? null;
}

/** @returns `false`: the setting is not `from`, and nothing changed */
export function swapSetting(
  context: SqliteContext,
  name: string,
  from: string | null,
  to: string | null,
): Promise<boolean> {
  const { statements, commits } = context;
  return commits.write(() => {
    if (readSetting(context, name) !== from) return false;
    if (to === null) statements.deleteSetting.run(name);
    else statements.upsertSetting.run(name, to);
    return true;
  }, true);
}
