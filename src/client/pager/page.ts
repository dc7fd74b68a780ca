/** Answers that are lists. */
import type { Envelope, Message } from "../../api/index.ts";
import { textOrNull } from "../wire/json.ts";

/** A page of a list. `nextCursor` is `null` on the last. */
export type Page<Item> = { data: Item[]; nextCursor: string | null } & Envelope;
/** A page of a conversation, newest first. Give `nextBefore` as `before` to go further back; `null` at the end. */
export type HistoryPage = { data: Message[]; nextBefore: string | null } & Envelope;

export function toPage<Item>(body: { data: Item[]; nextCursor?: unknown } & Envelope): Page<Item> {
  return { ...body, nextCursor: textOrNull(body.nextCursor) };
}
