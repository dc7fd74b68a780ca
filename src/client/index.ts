/**
 * The OnSync client (package entry `./client`). It runs in Node and inside Zapier's bundle alike; the Node transport is
 * an entry of its own, `./client/undici`.
 *
 * @example
 * const onsync = createOnSync({ apiKey: process.env.ONSYNC_API_KEY, transport: undiciTransport() });
 * await onsync.contacts.save({ phone: "+971500000000", firstName: "Sara" });
 */

import { createContext } from "./context.ts";
import type { OnSyncOptions } from "./options.ts";
import type { RateLimit } from "./rate-limit.ts";
import { type AccountCalls, createAccountCalls } from "./resources/account.ts";
import { type Contacts, createContacts } from "./resources/contacts.ts";
import { type Conversations, createConversations } from "./resources/conversations.ts";
import { createMessages, type Messages } from "./resources/messages.ts";
import { createTemplates, type Templates } from "./resources/templates.ts";
import { createWebhooks, type Webhooks } from "./resources/webhooks.ts";

export type * from "../api/index.ts";
export type { Clock } from "./clock.ts";
export * from "./errors/guards.ts";
export * from "./errors/index.ts";
export type { DriftEvent, Hooks, RequestEvent, ResponseEvent, SendEvent } from "./hooks.ts";
export {
  type ClaimResult,
  type LedgerAdmission,
  type LedgerEntry,
  type LedgerKey,
  type LedgerMessage,
  type SendLedger,
  type SendRecord,
  type SendState,
  sendStates,
} from "./ledger/ledger.ts";
export { createMemoryLedger, type MemoryLedgerOptions } from "./ledger/memory-ledger.ts";
export type { CallOptions, OnSyncOptions, SendOptions } from "./options.ts";
export type { HistoryPage, Page } from "./pager/page.ts";
export type { RateLimit } from "./rate-limit.ts";
export type { AccountCalls, AccountCheck } from "./resources/account.ts";
export type { Contacts } from "./resources/contacts.ts";
export type { Conversations } from "./resources/conversations.ts";
export type { Messages, Sent } from "./resources/messages.ts";
export type { Templates } from "./resources/templates.ts";
export type { Webhooks } from "./resources/webhooks.ts";
export { fetchTransport } from "./transport/fetch.ts";
export type { Transport, TransportRequest, TransportResponse } from "./transport/transport.ts";

export type OnSync = {
  readonly baseUrl: string;
  /** Whose references its sends are noted under in the ledger. */
  readonly ledgerScope: string;
  /** The org's budget as the last answer that spoke of it told; `null` before. */
  readonly rateLimit: RateLimit | null;
  readonly account: AccountCalls;
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly conversations: Conversations;
  readonly templates: Templates;
  readonly webhooks: Webhooks;
};

/**
 * @throws ValidationError naming the option that cannot be used
 */
export function createOnSync(options: OnSyncOptions): OnSync {
  // The key stays in this closure: nothing that can be printed or serialised holds it.
  const context = createContext(options);
  return {
    baseUrl: context.baseUrl,
    ledgerScope: context.ledgerScope,
    get rateLimit() {
      return context.serverFacts.rateLimit;
    },
    account: createAccountCalls(context),
    contacts: createContacts(context),
    messages: createMessages(context),
    conversations: createConversations(context),
    templates: createTemplates(context),
    webhooks: createWebhooks(context),
  };
}
