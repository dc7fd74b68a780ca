/** The calls that are measured, as requests. */
import { samples } from "../../src/api/index.ts";

export type CallName = "get" | "list" | "history" | "save" | "send";

const { contact, sentMessage } = samples;

export const requests: Record<CallName, { title: string; method: "GET" | "POST"; path: string }> = {
  get: { title: "GET /contacts/{id}", method: "GET", path: `/v1/contacts/${contact.id}` },
  list: { title: "GET /contacts, 100", method: "GET", path: "/v1/contacts?limit=100" },
  history: {
    title: "GET a conversation's 50 messages",
    method: "GET",
    path: `/v1/conversations/${encodeURIComponent(sentMessage.conversationId)}/messages?limit=50`,
  },
  save: { title: "POST /contacts", method: "POST", path: "/v1/contacts" },
  send: { title: "POST /messaging/send", method: "POST", path: "/v1/messaging/send" },
};
