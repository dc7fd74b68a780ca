/**
 * Messages that OnSync has answered with and that one answer had no room for. The call that goes on where that answer ended
 * is given them from here: of the past nothing is new but a status, and that within a minute.
 */
import { LRUCache } from "lru-cache";
import type { Message } from "../../src/api/index.ts";
import type { Data } from "../answers/summaries.ts";

type Page = { data: readonly Message[]; nextBefore: string | null };

const maxAgeMs = 60_000;
const maxPages = 10;
/** Fewer rows than these are not worth a call: the next of them are asked for as well. */
const minRows = 40;

function createKey({ conversationId }: Data, before: unknown): string {
  return JSON.stringify([conversationId, before]);
}

export function createReadAhead(now: () => number) {
  const pages = new LRUCache<string, { page: Page; at: number }>({ max: maxPages });

  const take = (input: Data): Page | undefined => {
    const key = createKey(input, input.before);
    const kept = pages.get(key);
    pages.delete(key);
    return kept && now() - kept.at < maxAgeMs && kept.page.data.length <= Number(input.limit) ? kept.page : undefined;
  };

  return {
    /** @param list asks OnSync */
    async list(input: Data, list: (input: Data) => Promise<Page>): Promise<Page> {
      const kept = take(input);
      if (!kept) return list(input);
      const limit = Number(input.limit) - kept.data.length;
      if (kept.nextBefore === null || kept.data.length >= Math.min(minRows, Number(input.limit))) return kept;
      const next = await list({ ...input, limit, before: kept.nextBefore });
      return { ...next, data: [...kept.data, ...next.data] };
    },
    /** @param shown the part of the answer that there was room for */
    keep(input: Data, answer: Page, shown: Page): void {
      const data = answer.data.slice(shown.data.length);
      if (data.length === 0 || shown.nextBefore === null) return;
      pages.set(createKey(input, shown.nextBefore), { page: { data, nextBefore: answer.nextBefore }, at: now() });
    },
    /** Something was written: what was read before may be out of date. */
    forget(): void {
      pages.clear();
    },
  };
}

export type ReadAhead = ReturnType<typeof createReadAhead>;
