/** A send by a script: the message, what a server answers it and its history, and the requests that it makes. */
import type { Message, MessageInput, OnSyncOptions, SendOptions } from "../src/client/index.ts";
import { json, networkError, type Step, scriptedOnSync } from "./scripted.ts";

export const text = {
  platform: "whatsapp",
  to: "+971 50 000-0000",
  messageType: "text",
  content: "Hi",
} satisfies MessageInput;

/** The conversation with the text's recipient. */
export const conversationId = "whatsapp:+971500000000";

/** The request that sends. */
export const post = "POST /v1/messaging/send";
/** The request that looks for the message in the history. */
export const look = "GET /v1/conversations/whatsapp%3A%2B971500000000/messages?limit=100";

export function message(id: string, clientReference?: string, createdAt = "2024-12-01T10:00:00.000Z"): Message {
  return {
    id,
    conversationId,
    type: "text",
    direction: "outbound",
    content: "Hi",
    metadata: clientReference === undefined ? {} : { clientReference },
    createdAt,
  };
}

export function history(...data: Message[]) {
  return json(200, { data, nextBefore: null });
}

export const empty = history();
export const lost = networkError("ECONNRESET");

export async function send(
  steps: Step[],
  input: MessageInput = text,
  options?: SendOptions,
  clientOptions: Partial<OnSyncOptions> = {},
) {
  const script = scriptedOnSync(steps, clientOptions);
  const startedAt = script.clock.now();
  const outcome = await script.onsync.messages.send(input, options).catch((error: unknown) => error);
  return { ...script, outcome, took: script.clock.now() - startedAt };
}
