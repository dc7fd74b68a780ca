/** Real objects to set a Zap up with, newest first. Every call made here is an extension's. */
import type { Contact, Conversation, Message } from "../../src/api/index.ts";
import type { PerformContext } from "../perform.ts";

const maxRecent = 5;

/** The latest messages of the conversations that were active last. */
export async function listRecentMessages({ onsync, signal }: PerformContext): Promise<Message[]> {
  const { data } = await onsync.conversations.list({ limit: maxRecent }, { signal });
  const histories = await Promise.all(data.map(({ id }) => onsync.messages.list(id, { limit: maxRecent }, { signal })));
  return histories.flatMap((history) => history.data).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

export async function listRecentConversations(
  { onsync, signal }: PerformContext,
  status: "assigned" | "resolved",
): Promise<Conversation[]> {
  return (await onsync.conversations.list({ status, limit: maxRecent }, { signal })).data;
}

export async function listRecentContacts({ onsync, signal }: PerformContext): Promise<Contact[]> {
  return (await onsync.contacts.list({ limit: maxRecent }, { signal })).data;
}
