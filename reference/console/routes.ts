/**
 * The console's data, under `/_console`: what its pages read, and what a teammate does there. All of it is one org's: the
 * one that `?orgId=` names, the default one without it.
 */
import * as z from "zod";
import { ContactPatch, ConversationStatus, MessageInput, WebhookId, WebhookInput } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { answerRoutes, readPathId as id, type JsonHandler, type JsonRoute } from "../control/json-routes.ts";
import { unknownId } from "../http/answers.ts";
import { readQuery, validate } from "../http/input.ts";
import { toContactBody, updateContact } from "../inbox/contacts.ts";
import { sendMessage } from "../inbox/messages.ts";
import { registerWebhook, removeWebhook } from "../inbox/webhooks.ts";
import type { Org } from "../store/orgs.ts";
import type { Connect } from "./connect.ts";
import * as read from "./reads.ts";
import type { RequestLog } from "./request-log.ts";

export type ConsoleParts = {
  context: ReferenceContext;
  defaultOrg: () => string;
  requests: RequestLog;
  /** @param origin where the page was loaded from */
  connect: (origin: string) => Connect;
  /** Something may have fallen due. */
  wake: () => void;
};

const rows = z.number().int().min(1).max(500);
const ConversationsQuery = z.strictObject({ status: ConversationStatus.optional(), limit: rows.default(50) });
const HistoryQuery = z.strictObject({ limit: rows.default(50) });
const ContactsQuery = z.strictObject({ query: z.string().max(200).optional(), limit: rows.default(50) });
const DeliveriesQuery = z.strictObject({ webhookId: WebhookId.optional(), limit: rows.default(100) });

function query<Schema extends z.ZodObject>(schema: Schema, values: URLSearchParams): z.output<Schema> {
  return validate(schema, readQuery(values, schema));
}

/** What a route works on: everything, and the org it is asked about. */
type InOrg = ConsoleParts & { org: Org };

const OrgQuery = z.object({ orgId: z.string().min(1).optional() });

/**
 * The org a request names, and the rest of its query.
 * @throws Refusal 404
 */
function orgOf({ context, defaultOrg }: ConsoleParts, given: URLSearchParams): { org: Org; rest: URLSearchParams } {
  const id = query(OrgQuery, given).orgId ?? defaultOrg();
  const org = context.store.orgs.byId(id);
  if (!org) throw unknownId("org", id);
  const rest = new URLSearchParams(given);
  rest.delete("orgId");
  return { org, rest };
}

/** So that no route can forget it, each is given the org, and none has another way to it. */
function inOrg({ run, ...route }: JsonRoute<InOrg>): JsonRoute<ConsoleParts> {
  return {
    ...route,
    run: (parts, input) => {
      const { org, rest } = orgOf(parts, input.query);
      return run({ ...parts, org }, { ...input, query: rest });
    },
  };
}

/** Makes a change in one transaction; what it makes due is sent. */
function change<Result>({ context, wake }: ConsoleParts, work: () => Result): Result {
  const result = context.store.transaction(work);
  wake();
  return result;
}

export const consoleRoutes: readonly JsonRoute<InOrg>[] = [
  {
    method: "GET",
    path: "/orgs",
    run: ({ context, defaultOrg }) => ({ data: read.orgRows(context, defaultOrg()) }),
  },
  { method: "GET", path: "/overview", run: ({ context, org }) => read.overview(context, org) },
  { method: "GET", path: "/choices", run: () => read.choices },
  { method: "GET", path: "/connect", run: ({ connect }, { origin }) => connect(origin) },
  {
    method: "GET",
    path: "/conversations",
    run: ({ context, org }, input) => ({
      data: read.conversationRows(context, org.id, query(ConversationsQuery, input.query)),
    }),
  },
  {
    method: "GET",
    path: "/conversations/{id}",
    run: ({ context, org }, input) =>
      read.conversationPage(context, org.id, id(input), query(HistoryQuery, input.query).limit),
  },
  {
    method: "POST",
    path: "/messages",
    creates: true,
    takesBody: true,
    run: (parts, { body }) => {
      const message = validate(MessageInput, body);
      return change(parts, () => sendMessage(parts.context, parts.org.id, message));
    },
  },
  {
    method: "GET",
    path: "/contacts",
    run: ({ context, org }, input) => {
      const { query: words, limit } = query(ContactsQuery, input.query);
      return read.contactRows(context, org.id, words || undefined, limit);
    },
  },
  {
    method: "GET",
    path: "/contacts/{id}",
    run: ({ context, org }, input) => read.contactPage(context, org.id, id(input)),
  },
  {
    method: "PATCH",
    path: "/contacts/{id}",
    takesBody: true,
    run: (parts, input) => {
      const patch = validate(ContactPatch, input.body);
      return change(parts, () => toContactBody(updateContact(parts.context, parts.org.id, id(input), patch)));
    },
  },
  { method: "GET", path: "/keys", run: ({ context, org }) => ({ data: read.keyRows(context, org.id) }) },
  { method: "GET", path: "/webhooks", run: ({ context, org }) => ({ data: read.webhookRows(context, org.id) }) },
  {
    method: "POST",
    path: "/webhooks",
    creates: true,
    takesBody: true,
    run: (parts, { body }) => {
      const webhook = validate(WebhookInput, body);
      return change(parts, () => registerWebhook(parts.context, parts.org.id, webhook));
    },
  },
  {
    method: "DELETE",
    path: "/webhooks/{id}",
    run: (parts, input) => change(parts, () => removeWebhook(parts.context, parts.org.id, id(input))),
  },
  {
    method: "GET",
    path: "/deliveries",
    run: ({ context, org }, input) => {
      const { webhookId, limit } = query(DeliveriesQuery, input.query);
      return { data: read.deliveryRows(context, org.id, webhookId, limit) };
    },
  },
  {
    method: "GET",
    path: "/deliveries/{id}",
    run: ({ context, org }, input) => read.deliveryPage(context, org.id, id(input)),
  },
  {
    method: "GET",
    path: "/requests",
    run: ({ context, requests, org }) => ({ data: requests.list(org.id), budget: read.budget(context, org) }),
  },
];

export function createConsoleData(parts: ConsoleParts, token: string, failed: (error: unknown) => void): JsonHandler {
  return answerRoutes({ root: "/_console", name: "The console" }, consoleRoutes.map(inOrg), parts, token, failed);
}
