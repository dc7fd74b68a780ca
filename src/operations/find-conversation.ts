import * as z from "zod";
import {
  Address,
  Assignee,
  ContactId,
  type Conversation,
  ConversationId,
  ConversationStatus,
  type Message,
  Platform,
  parseConversationId,
  toConversationId,
} from "../api/index.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";

/** How many of the most recently active conversations are looked through for status and assignee. */
const maxListed = 200;

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

/** Ids of the conversations that may be meant, from what the caller knows. */
async function listCandidateIds(
  onsync: OnSync,
  wanted: z.output<typeof input>,
  context: OperationContext,
): Promise<string[]> {
  if (wanted.conversationId !== undefined) return [wanted.conversationId];
  if (wanted.platform !== undefined && wanted.to !== undefined) return [toConversationId(wanted.platform, wanted.to)];
  const contact = await onsync.contacts.get(wanted.contactId as string, context);
  return (contact.activity?.conversationIds ?? []).filter(
    (id) => wanted.platform === undefined || id.startsWith(`${wanted.platform}:`),
  );
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

/** Status and assignee, which only the extension knows; without it, or past the most recent ones, they stay unknown. */
async function findListedConversation(
  onsync: OnSync,
  conversationId: string,
  context: OperationContext,
): Promise<Conversation | undefined> {
  const { platform } = parseConversationId(conversationId) ?? {};
  const known = Platform.safeParse(platform);
  try {
    let seen = 0;
    for await (const conversation of onsync.conversations.iterate(
      { ...(known.success && { platform: known.data }), limit: 100 },
      context,
    )) {
      if (conversation.id === conversationId) return conversation;
      if (++seen >= maxListed) return undefined;
    }
  } catch (error) {
    if (!isErrorNamed(error, "ExtensionUnavailableError") && !isErrorNamed(error, "PermissionError")) throw error;
  }
  return undefined;
}

export const findConversation = defineOperation({
  name: "find_conversation",
  title: "Find Conversation",
  description:
    "Finds a conversation by its id, by platform and customer address, or by contact. None found is an empty list.",
  input,
  output: z.looseObject({ data: z.array(FoundConversation) }),
  effect: "reads",
  scope: "read:messages",
  alsoNeeds: "read:contacts",
  toolsets: ["conversations"],
  leftOut: { mcp: "list_conversations, and get_contact for those of one contact" },
  run: async (onsync, wanted, context) => {
    let ids: string[];
    try {
      ids = await listCandidateIds(onsync, wanted, context);
    } catch (error) {
      if (isErrorNamed(error, "NotFoundError")) return { data: [] };
      throw error;
    }
    const data: z.output<typeof FoundConversation>[] = [];
    for (const id of ids) {
      const message = await findLatestMessage(onsync, id, context);
      if (message === undefined) continue;
      const conversation = await findListedConversation(onsync, id, context);
      const { platform, address } = parseConversationId(id) ?? { platform: id, address: id };
      data.push({
        id,
        platform: platform as Platform,
        address,
        contactId: conversation?.contactId ?? wanted.contactId ?? null,
        status: conversation?.status ?? null,
        assignee: conversation?.assignee ?? null,
        lastMessageAt: message?.createdAt ?? null,
        lastMessage: message?.content ?? null,
      });
    }
    return { data };
  },
});
