/** Real objects to set a Zap up with, newest first. Every list is an extension's; none costs more than three requests. */

import type { Contact, Conversation, Message, Platform } from "../../src/api/index.ts";
import { platforms } from "../../src/api/values/checks.ts";
import { type InputData, readText } from "../input/input-data.ts";
import type { PerformContext } from "../perform.ts";

const maxRecent = 5;
/** Each costs a request of its own beside the list of conversations. */
const maxHistories = 2;
/** Enough that a Zap's filters find something in them. */
const maxMessages = 50;
const maxConversations = 50;

function readPlatform(inputData: InputData): { platform?: Platform } {
  const platform = platforms.find((each) => each === readText(inputData, "platform"));
  return platform ? { platform } : {};
}

/** The latest messages of the conversations that were active last, on the Zap's own platform where it names one. */
export async function listRecentMessages(
  { onsync, bundle, signal }: PerformContext,
  { firstOnly = false } = {},
): Promise<Message[]> {
  const query = { limit: maxHistories, ...readPlatform(bundle.inputData) };
  const { data } = await onsync.conversations.list(query, { signal });
  const histories = await Promise.all(
    data.slice(0, maxHistories).map(({ id }) => onsync.messages.list(id, { limit: maxMessages }, { signal })),
  );
  const messages = histories.flatMap(({ data: history, nextBefore }) =>
    // The first of a conversation is the oldest of one that is read to its beginning.
    firstOnly ? (nextBefore === null ? history.slice(-1) : []) : history,
  );
  return messages.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

export async function listRecentConversations(
  { onsync, bundle, signal }: PerformContext,
  status: "assigned" | "resolved",
): Promise<Conversation[]> {
  const query = { status, limit: maxConversations, ...readPlatform(bundle.inputData) };
  return (await onsync.conversations.list(query, { signal })).data;
}

export async function listRecentContacts({ onsync, signal }: PerformContext): Promise<Contact[]> {
  return (await onsync.contacts.list({ limit: maxRecent }, { signal })).data;
}
