/**
 * A conversation's history on a server that keeps less order than OnSync promises: messages may share an instant, and
 * arrive while a client reads.
 */
import type { Message } from "../src/client/index.ts";

export type HistoryPage = { data: Message[]; nextBefore: string | null };

export const conversationId = "whatsapp:+971500000000";

export class MessageStore {
  #messages: Message[] = [];
  #made = 0;

  /** `place` tells the order among messages of one instant: the largest is the newest. Unless given, it is random-looking. */
  add(createdAt: number, metadata: Record<string, unknown> = {}): Message {
    this.#made += 1;
    // An order that is neither that of arrival nor its reverse, yet always the same.
    const id = `msg_${((this.#made * 7919) % 10_007).toString().padStart(5, "0")}_${this.#made}`;
    const message: Message = {
      id,
      conversationId,
      type: "text",
      direction: "outbound",
      content: "Hi",
      metadata,
      createdAt: new Date(createdAt).toISOString(),
    };
    this.#messages.push(message);
    return message;
  }

  /** Newest first, `before` exclusive. */
  page(limit: number, before: string | null): HistoryPage {
    const older = this.#messages
      .filter(({ createdAt }) => before === null || Date.parse(createdAt) < Date.parse(before))
      .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || (a.id < b.id ? 1 : -1));
    const data = older.slice(0, limit);
    return { data, nextBefore: older.length > data.length ? (data.at(-1)?.createdAt ?? null) : null };
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  withReference(clientReference: unknown): Message[] {
    return this.#messages.filter(({ metadata }) => metadata?.clientReference === clientReference);
  }
}
