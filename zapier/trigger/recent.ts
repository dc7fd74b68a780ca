/** Real objects to set a Zap up with, newest first. Every list is an extension's; none costs more than three requests. */
import { type Contact, type Conversation, type Message, Platform } from "../../src/api/index.ts";
import { readText } from "../input/read-input.ts";
import type { PerformContext } from "../perform.ts";

const maxRecent = 5;
/** Each costs a request of its own beside the list of conversations. */
const maxHistories = 2;
/** Enough that a Zap's filters find something in them. */
const maxMessages = 50;

/** The latest messages of the conversations that were active last, on the Zap's own platform where it names one. */
export async function listRecentMessages({ onsync, bundle, signal }: PerformContext): Promise<Message[]> {
  const platform = Platform.safeParse(readText(bundle.inputData, "platform"));
  const query = { limit: maxHistories, ...(platform.success && { platform: platform.data }) };
  const { data } = await onsync.conversations.list(query, { signal });
  const histories = await Promise.all(
    data.slice(0, maxHistories).map(({ id }) => onsync.messages.list(id, { limit: maxMessages }, { signal })),
  );
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
