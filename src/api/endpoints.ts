/**
 * Every endpoint, once: the reference API routes by this table, the OpenAPI document is written from it, and the
 * client takes its methods and paths from it.
 */
import * as z from "zod";
import { Account, type Scope } from "./account.ts";
import { Contact, ContactInput, ContactPatch, ContactsQuery, ContactWithActivity } from "./contact.ts";
import { ConversationsQuery, ListedConversation } from "./conversation.ts";
import { type ErrorCode, envelope } from "./envelope.ts";
import { ContactId, ConversationId, Timestamp, WebhookId } from "./fields.ts";
import { HistoryQuery, Message, MessageInput, SentMessage } from "./message.ts";
import { Template, TemplatesQuery } from "./template/template.ts";
import { CreatedWebhook, DeletedWebhook, Webhook, WebhookInput } from "./webhook.ts";

/** What an endpoint beyond the API's documentation is for, and what to do where an API lacks it. */
export type Extension = {
  /** As in "This OnSync has no contact search". */
  what: string;
  /** To a developer: the advice of the error. */
  advice: string;
  /** To a person who looks at what an API has: `onsync doctor` and the documents. */
  withoutIt: string;
};

export type Endpoint = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/v1`; `{name}` is a path parameter. */
  path: string;
  tag: "Contacts" | "Messaging" | "Conversations" | "Webhooks" | "Account" | "Templates";
  summary: string;
  description: string;
  /** The scope the key must carry; `null`: any key will do. */
  scope: Scope | null;
  /** Not in the API's documentation (docs/contract.md, "Extensions"): everything that uses one still works without it. */
  extension?: Extension;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Success answers by status; each carries the envelope besides. */
  answers: Partial<Record<200 | 201, { description: string; schema: z.ZodObject }>>;
  /** Errors beside those every endpoint may give (400, 401, 429, 500, 503, and 403 where there is a scope). */
  errors: readonly ErrorCode[];
};

function withEnvelope<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return z.looseObject({ ...schema.shape, ...envelope });
}

const nextCursor = z
  .string()
  .nullable()
  .meta({ description: "Give it as `cursor` for the next page; null on the last." });

function page<Item extends z.ZodType>(item: Item) {
  return z.looseObject({ data: z.array(item), nextCursor, ...envelope });
}

const contactParams = z.object({ id: ContactId });

export const endpoints = {
  saveContact: {
    method: "POST",
    path: "/contacts",
    tag: "Contacts",
    summary: "Create or update a contact",
    description:
      "Looks for existing contacts by phone, email and properties.externalId. None: the contact is created. Exactly one: it is updated (fields given overwrite, properties merge, tags replace). Several different ones: 409, and nothing changes.",
    scope: "write:contacts",
    body: ContactInput,
    answers: {
      201: { description: "The contact was created.", schema: withEnvelope(Contact) },
      200: { description: "The contact existed and was updated.", schema: withEnvelope(Contact) },
    },
    errors: ["duplicate", "payload_too_large", "unsupported_media_type"],
  },
  listContacts: {
    method: "GET",
    path: "/contacts",
    tag: "Contacts",
    summary: "Search contacts",
    description: "Newest first. Several filters narrow the search together.",
    scope: "read:contacts",
    extension: {
      what: "contact search",
      advice: "Look contacts up by their contact id: nothing else is possible here.",
      withoutIt: "Find contacts by contact id only: search by phone, e-mail, external id or words needs this endpoint.",
    },
    query: ContactsQuery,
    answers: { 200: { description: "A page of contacts.", schema: page(Contact) } },
    errors: [],
  },
  getContact: {
    method: "GET",
    path: "/contacts/{id}",
    tag: "Contacts",
    summary: "Get a contact",
    description: "The contact and its activity.",
    scope: "read:contacts",
    params: contactParams,
    answers: { 200: { description: "The contact.", schema: withEnvelope(ContactWithActivity) } },
    errors: ["not_found"],
  },
  updateContact: {
    method: "PATCH",
    path: "/contacts/{id}",
    tag: "Contacts",
    summary: "Update a contact",
    description: "Any subset of the fields. null clears a field; properties merge, a null value removes its key.",
    scope: "write:contacts",
    params: contactParams,
    body: ContactPatch,
    answers: { 200: { description: "The contact.", schema: withEnvelope(Contact) } },
    errors: ["not_found", "duplicate", "payload_too_large", "unsupported_media_type"],
  },
  sendMessage: {
    method: "POST",
    path: "/messaging/send",
    tag: "Messaging",
    summary: "Send a message",
    description:
      "Sends a text or a WhatsApp template from the shared inbox; the inbox's routing rules apply. Outside WhatsApp's 24-hour window a text is refused, and the answer to a template carries templateWindowStatus.",
    scope: "write:messages",
    body: MessageInput,
    answers: { 201: { description: "The message was accepted.", schema: withEnvelope(SentMessage) } },
    errors: ["outside_messaging_window", "template_rejected", "payload_too_large", "unsupported_media_type"],
  },
  listConversations: {
    method: "GET",
    path: "/conversations",
    tag: "Conversations",
    summary: "List conversations",
    description: "Most recently active first, with the contact's name and the last message.",
    scope: "read:messages",
    extension: {
      what: "conversation list",
      advice: "Give the conversation's id yourself: platform:address, such as whatsapp:+971500000000.",
      withoutIt: "Give the conversation id yourself (platform:address, such as whatsapp:+971500000000).",
    },
    query: ConversationsQuery,
    answers: { 200: { description: "A page of conversations.", schema: page(ListedConversation) } },
    errors: [],
  },
  listMessages: {
    method: "GET",
    path: "/conversations/{conversationId}/messages",
    tag: "Conversations",
    summary: "Conversation history",
    description: "The latest messages, newest first. Give nextBefore as before to go further back.",
    scope: "read:messages",
    params: z.object({ conversationId: ConversationId }),
    query: HistoryQuery,
    answers: {
      200: {
        description: "A page of messages.",
        schema: z.looseObject({
          data: z.array(Message),
          ...envelope,
          nextBefore: Timestamp.nullable().meta({
            description: "createdAt of the last message; null at the end of the history.",
          }),
        }),
      },
    },
    errors: ["not_found"],
  },
  createWebhook: {
    method: "POST",
    path: "/webhooks",
    tag: "Webhooks",
    summary: "Register a webhook endpoint",
    description: "The secret is in this answer only. It is made by OnSync when none is given.",
    scope: "write:webhooks",
    body: WebhookInput,
    answers: { 201: { description: "The endpoint was registered.", schema: withEnvelope(CreatedWebhook) } },
    errors: ["payload_too_large", "unsupported_media_type"],
  },
  listWebhooks: {
    method: "GET",
    path: "/webhooks",
    tag: "Webhooks",
    summary: "List webhook endpoints",
    description: "All endpoints with their delivery stats, never with their secrets.",
    scope: "read:webhooks",
    answers: { 200: { description: "The endpoints.", schema: z.looseObject({ data: z.array(Webhook), ...envelope }) } },
    errors: [],
  },
  deleteWebhook: {
    method: "DELETE",
    path: "/webhooks/{id}",
    tag: "Webhooks",
    summary: "Remove a webhook endpoint",
    description: "Deliveries that wait are dropped with it.",
    scope: "write:webhooks",
    params: z.object({ id: WebhookId }),
    answers: { 200: { description: "The endpoint is gone.", schema: withEnvelope(DeletedWebhook) } },
    errors: ["not_found"],
  },
  getAccount: {
    method: "GET",
    path: "/me",
    tag: "Account",
    summary: "The account behind the key",
    description: "Org, key prefix, scopes and rate limit. Any key may ask.",
    scope: null,
    extension: {
      what: "account lookup",
      advice: "Test the key with GET /webhooks instead: 200 and 403 both prove it.",
      withoutIt: "Account name, scopes and limit cannot be shown; everything else works.",
    },
    answers: { 200: { description: "The account.", schema: withEnvelope(Account) } },
    errors: [],
  },
  listTemplates: {
    method: "GET",
    path: "/templates",
    tag: "Templates",
    summary: "List message templates",
    description: "Name, language, status and components of each template.",
    scope: "read:messages",
    extension: {
      what: "template list",
      advice: "Write the template's name and language yourself, as WhatsApp Manager shows them.",
      withoutIt: "Give the template's name and language yourself, as they stand in OnSync.",
    },
    query: TemplatesQuery,
    answers: {
      200: { description: "The templates.", schema: z.looseObject({ data: z.array(Template), ...envelope }) },
    },
    errors: [],
  },
} as const satisfies Record<string, Endpoint>;
export type EndpointName = keyof typeof endpoints;

/** The endpoints that an API may lack. */
export type ExtensionName = {
  [Name in EndpointName]: (typeof endpoints)[Name] extends { extension: Extension } ? Name : never;
}[EndpointName];

/** `GET /contacts`: an endpoint as errors, help and documents name it. */
export function nameEndpoint(name: EndpointName): string {
  const { method, path } = endpoints[name];
  return `${method} ${path}`;
}

/** The largest request body the API takes, in bytes. */
export const maxBodyBytes = 1024 * 1024;
