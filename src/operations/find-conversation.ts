import * as z from "zod";
import { Assignee, ConversationStatus } from "../api/conversation.ts";
import { Address, ContactId, ConversationId, Platform } from "../api/fields.ts";
import type { Conversation, Message } from "../api/index.ts";
import { parseConversationId, toConversationId } from "../api/values/conversation-id.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";

/** A search costs at most this many requests of the org's hourly budget. */
const maxRequests = 3;

const input = z
  .strictObject({
    conversationId: ConversationId.optional(),
    platform: Platform.optional(),
    to: Address.optional().meta({
      title: "Customer Address",
      description: "Phone number on WhatsApp, customer id elsewhere. Needs platform.",
      examples: ["+971500000000"],
    }),
    contactId: ContactId.optional(),
  })
  .refine(
    ({ conversationId, platform, to, contactId }) =>
      [conversationId, contactId].some((id) => id !== undefined) || (platform !== undefined && to !== undefined),
    {
      error: "give conversationId, or platform and to, or contactId",
      path: ["conversationId"],
    },
  );

const FoundConversation = z.looseObject({
  id: ConversationId,
  platform: Platform,
  address: z
    .string()
    .meta({ title: "Customer Address", description: "Phone number on WhatsApp, customer id elsewhere." }),
  contactId: z.string().nullable(),
  status: ConversationStatus.nullable().meta({
    title: "Status",
    description: "Null where this OnSync API does not tell.",
  }),
  assignee: Assignee.nullable(),
  lastMessageAt: z.string().nullable(),
  lastMessage: z.string().nullable(),
});

/** The id of the conversation, where the caller's words name one; else it is the contact's. */
function readId({ conversationId, platform, to }: z.output<typeof input>): string | undefined {
  return conversationId ?? (platform !== undefined && to !== undefined ? toConversationId(platform, to) : undefined);
}

/** Its latest message proves that a conversation exists, with the documented API alone; `undefined`: there is none. */
async function findLatestMessage(
  onsync: OnSync,
  conversationId: string,
  context: OperationContext,
): Promise<Message | null | undefined> {
  try {
    return (await onsync.messages.list(conversationId, { limit: 1 }, context)).data[0] ?? null;
  } catch (error) {
    if (isErrorNamed(error, "NotFoundError")) return undefined;
    throw error;
  }
}

/**
 * Status and assignee, which only the extension knows: without it, or past the most recent ones, they stay unknown.
 *
 * @param maxPages of a hundred conversations, a request each
 */
async function listKnown(
  onsync: OnSync,
  ids: readonly string[],
  maxPages: number,
  context: OperationContext,
): Promise<Map<string, Conversation>> {
  const known = new Map<string, Conversation>();
  const platforms = new Set(ids.map((id) => parseConversationId(id)?.platform));
  const platform = Platform.safeParse([...platforms][0]);
  const query = { limit: 100, ...(platforms.size === 1 && platform.success && { platform: platform.data }) };
  try {
    let cursor: string | undefined;
    for (let page = 0; page < maxPages && known.size < ids.length; page++) {
      const { data, nextCursor } = await onsync.conversations.list({ ...query, cursor }, context);
      for (const conversation of data) if (ids.includes(conversation.id)) known.set(conversation.id, conversation);
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
  } catch (error) {
    if (!isErrorNamed(error, "ExtensionUnavailableError") && !isErrorNamed(error, "PermissionError")) throw error;
  }
  return known;
}

function toFound(
  id: string,
  conversation: Conversation | undefined,
  message: Message | null | undefined,
  contactId: string | undefined,
): z.output<typeof FoundConversation> {
  const { platform, address } = parseConversationId(id) ?? { platform: id, address: id };
  return {
    id,
    platform: platform as Platform,
    address,
    contactId: conversation?.contactId ?? contactId ?? null,
    status: conversation?.status ?? null,
    assignee: conversation?.assignee ?? null,
    lastMessageAt: message?.createdAt ?? conversation?.lastMessageAt ?? null,
    lastMessage: message?.content ?? null,
  };
}

/** The contact's conversations: the one that was active last first, and its last message alone is read. */
async function findOfContact(
  onsync: OnSync,
  { contactId, platform }: z.output<typeof input>,
  context: OperationContext,
): Promise<z.output<typeof FoundConversation>[]> {
  const contact = await onsync.contacts.get(contactId as string, context);
  const ids = (contact.activity?.conversationIds ?? []).filter(
    (id) => platform === undefined || id.startsWith(`${platform}:`),
  );
  if (ids.length === 0) return [];
  const known = await listKnown(onsync, ids, 1, context);
  // What is not known to have been active comes last; of those, what was made last comes first.
  const sorted = ids
    .toReversed()
    .sort((a, b) => (known.get(b)?.lastMessageAt ?? "").localeCompare(known.get(a)?.lastMessageAt ?? ""));
  const [first = "", ...others] = sorted;
  const message = await findLatestMessage(onsync, first, context);
  return [
    ...(message === undefined ? [] : [toFound(first, known.get(first), message, contactId)]),
    ...others.map((id) => toFound(id, known.get(id), undefined, contactId)),
  ];
}

export const findConversation = defineOperation({
  name: "find_conversation",
  title: "Find Conversation",
  description:
    "Finds a conversation by its id, by platform and customer address, or by contact (the one that was active last first, with its last message). None found is an empty list.",
  input,
  output: z.looseObject({ data: z.array(FoundConversation) }),
  effect: "reads",
  scope: "read:messages",
  alsoNeeds: "read:contacts",
  toolsets: ["conversations"],
  leftOut: { mcp: "list_conversations, and get_contact for those of one contact" },
  run: async (onsync, wanted, context) => {
    const id = readId(wanted);
    if (id !== undefined) {
      const message = await findLatestMessage(onsync, id, context);
      if (message === undefined) return { data: [] };
      const known = await listKnown(onsync, [id], maxRequests - 1, context);
      return { data: [toFound(id, known.get(id), message, wanted.contactId)] };
    }
    try {
      return { data: await findOfContact(onsync, wanted, context) };
    } catch (error) {
      if (isErrorNamed(error, "NotFoundError")) return { data: [] };
      throw error;
    }
  },
});
