/** A walk through the history of a server on a store of messages. */
import type { Message } from "../src/client/index.ts";
import { conversationId, type MessageStore } from "./message-store.ts";
import { json, type Step, scriptedOnSync } from "./scripted.ts";

export const noon = Date.parse("2024-12-01T12:00:00.000Z");

/** A server on a store. `beforeAnswer` may change the store between two pages. */
export function serve(
  store: MessageStore,
  beforeAnswer: (request: number) => void = () => {},
  requests = { count: 0 },
): Step {
  return ({ url }) => {
    const { searchParams } = new URL(url);
    requests.count += 1;
    beforeAnswer(requests.count);
    return json(200, store.page(Number(searchParams.get("limit")), searchParams.get("before")));
  };
}

export async function walk(step: Step, query?: { pageSize?: number; before?: string }, maxRequests = 500) {
  const { onsync, lines } = scriptedOnSync(Array.from({ length: maxRequests }, () => step));
  const seen: Message[] = [];
  for await (const message of onsync.messages.iterate(conversationId, query)) seen.push(message);
  return { seen, ids: seen.map((message) => message?.id), lines: lines() };
}
