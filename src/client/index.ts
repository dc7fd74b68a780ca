/**
 * The OnSync client (package entry `./client`): `createOnSync({ apiKey, transport })`. It runs in Node and inside Zapier's
 * bundle alike; the Node transport is an entry of its own, `./client/undici`.
 */

import type * as z from "zod";
import type {
  Account,
  Contact,
  ContactInput,
  ContactPatch,
  ContactsQuery,
  ContactWithActivity,
  Conversation,
  ConversationsQuery,
  CreatedWebhook,
  DeletedWebhook,
  EndpointName,
  Envelope,
  Message,
  MessageInput,
  SentMessage,
  Template,
  TemplatesQuery,
  Webhook,
  WebhookInput,
} from "../api/index.ts";
import type { Clock } from "./clock.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Transport } from "./transport.ts";

export type { Clock } from "./clock.ts";
export * from "./errors.ts";
export * from "./guards.ts";
export type { RateLimit } from "./rate-limit.ts";
export type { Transport, TransportRequest, TransportResponse } from "./transport.ts";

export type RequestEvent = {
  method: string;
  /** Below the base URL, without the query. */
  path: string;
  /** 1 for the first. */
  attempt: number;
};
export type ResponseEvent = RequestEvent & {
  /** `null` when no answer came: `error` says why. */
  status: number | null;
  requestId: string | undefined;
  durationMs: number;
  rateLimit: RateLimit | null;
  /** Name of the error the attempt ended in, `null` where it succeeded. */
  error: string | null;
};
export type DriftEvent = {
  endpoint: EndpointName;
  requestId: string | undefined;
  /** What the answer has that the schema does not expect, without the values. */
  issues: readonly { path: readonly PropertyKey[]; code: string; message: string }[];
};

export type OnSyncOptions = {
  /** From Settings → API & Webhooks. It is sent to the base URL's host alone and appears in no error, hook or URL. */
  apiKey: string;
  /** Default `https://api.onsync.com/v1`. https, or http on loopback. */
  baseUrl?: string;
  transport: Transport;
  /** Total for one call, its retries included, in milliseconds. Default 30,000. */
  deadlineMs?: number;
  /** Default 4. */
  maxAttempts?: number;
  clock?: Clock;
  /** Jitter: from 0 up to 1. Default `Math.random`. */
  random?: () => number;
  /** Makes the clientReference of a send. Default `crypto.randomUUID`. */
  uuid?: () => string;
  userAgent?: string;
  /** Hooks are told; what they throw is ignored. */
  onRequest?: (event: RequestEvent) => void;
  onResponse?: (event: ResponseEvent) => void;
  /** An answer differs from the documented shape. The data is passed through as it came. */
  onDrift?: (event: DriftEvent) => void;
};

export type CallOptions = {
  /** Gives up when aborted: the call rejects with the signal's reason (a send that is under way: `UnknownOutcomeError`). */
  signal?: AbortSignal | undefined;
  /** For this call, in place of the client's. */
  deadlineMs?: number | undefined;
};
export type SendOptions = CallOptions & {
  /** Makes the send repeatable: a message of the conversation that carries it already is the answer, and nothing is sent. */
  clientReference?: string | undefined;
};

/** A page of a list. `nextCursor` is `null` on the last. */
export type Page<Item> = { data: Item[]; nextCursor: string | null } & Envelope;
/** A page of a conversation, newest first. Give `nextBefore` as `before` to go further back; `null` at the end. */
export type HistoryPage = { data: Message[]; nextBefore: string | null } & Envelope;

export type Contacts = {
  /** Creates or updates: OnSync finds the contact by phone, email and properties.externalId. `created` is `null` when an attempt before may have created it. */
  save(input: ContactInput, options?: CallOptions): Promise<Contact & Envelope & { created: boolean | null }>;
  get(contactId: string, options?: CallOptions): Promise<ContactWithActivity & Envelope>;
  /** Any subset of the fields; `null` clears one. */
  update(contactId: string, patch: ContactPatch, options?: CallOptions): Promise<Contact & Envelope>;
  /** Extension. Newest first. */
  list(query?: z.input<typeof ContactsQuery>, options?: CallOptions): Promise<Page<Contact>>;
  /** Extension. All pages. */
  iterate(query?: z.input<typeof ContactsQuery>, options?: CallOptions): AsyncGenerator<Contact, void, undefined>;
};
export type Messages = {
  /** Sends once or says whether it did: see docs/reliability.md. */
  send(input: MessageInput, options?: SendOptions): Promise<SentMessage & Envelope>;
  list(
    conversationId: string,
    query?: { limit?: number | undefined; before?: string | undefined },
    options?: CallOptions,
  ): Promise<HistoryPage>;
  /** The whole history, newest first, each message once. */
  iterate(
    conversationId: string,
    query?: { pageSize?: number | undefined; before?: string | undefined },
    options?: CallOptions,
  ): AsyncGenerator<Message, void, undefined>;
};
export type Conversations = {
  /** Extension. Most recently active first. */
  list(query?: z.input<typeof ConversationsQuery>, options?: CallOptions): Promise<Page<Conversation>>;
  /** Extension. All pages. */
  iterate(
    query?: z.input<typeof ConversationsQuery>,
    options?: CallOptions,
  ): AsyncGenerator<Conversation, void, undefined>;
};
export type Templates = {
  /** Extension. */
  list(query?: z.input<typeof TemplatesQuery>, options?: CallOptions): Promise<{ data: Template[] } & Envelope>;
};
export type Webhooks = {
  /** `secret` is in this answer only. */
  create(input: WebhookInput, options?: CallOptions): Promise<CreatedWebhook & Envelope>;
  list(options?: CallOptions): Promise<{ data: Webhook[] } & Envelope>;
  delete(webhookId: string, options?: CallOptions): Promise<DeletedWebhook & Envelope>;
};
export type AccountCheck = { account: (Account & Envelope) | null; via: "me" | "webhooks" };
export type AccountCalls = {
  /** Extension `GET /me`. */
  get(options?: CallOptions): Promise<Account & Envelope>;
  /** Proves the key: by `GET /me`, or without that extension by `GET /webhooks`, where 200 and 403 both prove it. */
  check(options?: CallOptions): Promise<AccountCheck>;
};

export type OnSync = {
  readonly baseUrl: string;
  /** As the last answer told; `null` before the first that did. */
  readonly rateLimit: RateLimit | null;
  readonly account: AccountCalls;
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly conversations: Conversations;
  readonly templates: Templates;
  readonly webhooks: Webhooks;
};

export declare function createOnSync(options: OnSyncOptions): OnSync;
