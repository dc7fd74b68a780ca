import type { Message } from "../../src/api/index.ts";

/**
 * The newest of the messages, and where to go on: by a time, so that no message of the very same moment may be left behind.
 *
 * @returns `undefined` where no time stands between what is kept and what is not
 */
export function keepNewest(data: readonly Message[], rows: number): { data: Message[]; goOnFrom: string } | undefined {
  for (let count = Math.min(rows, data.length - 1); count > 0; count--) {
    const last = data[count - 1]?.createdAt;
    if (last === undefined || Number.isNaN(Date.parse(last))) return undefined;
    if (last !== data[count]?.createdAt) return { data: data.slice(0, count), goOnFrom: last };
  }
  return undefined;
}
