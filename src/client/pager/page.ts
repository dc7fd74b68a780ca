/** Answers that are lists. */
import type { Envelope, Message } from "../../api/index.ts";
import type { ApiResponse } from "../response.ts";

/** A page of a list. `nextCursor` is `null` on the last. */
export type Page<Item> = { data: Item[]; nextCursor: string | null } & Envelope;
/** A page of a conversation, newest first. Give `nextBefore` as `before` to go further back; `null` at the end. */
export type HistoryPage = { data: Message[]; nextBefore: string | null } & Envelope;

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function toPage<Item>({ body }: ApiResponse): Page<Item> {
  return {
    ...(body as { data: Item[] } & Envelope),
    nextCursor: textOrNull(body.nextCursor),
  };
}
