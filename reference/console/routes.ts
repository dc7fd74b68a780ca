/**
 * The console's data, under `/_console`: what its pages read, and what a teammate does there. All of it is one org's: the
 * one that `?orgId=` names, the default one without it.
 */
import * as z from "zod";
import { ContactPatch, ConversationStatus, MessageInput, WebhookId, WebhookInput } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { answerRoutes, type JsonHandler, type JsonRoute, readPathId } from "../control/json-routes.ts";
import { unknownId } from "../http/answers.ts";
import { readQuery, validate } from "../http/input.ts";
import { toContactBody, updateContact } from "../inbox/contacts.ts";
import { sendMessage } from "../inbox/messages.ts";
import { registerWebhook, removeWebhook } from "../inbox/webhooks.ts";
import type { Org } from "../store/orgs.ts";
import type { Connect } from "./connect.ts";
import { type Imports, importRoutes } from "./imports.ts";
import type { RequestLog } from "./request-log.ts";
import * as views from "./views.ts";

export type ConsoleSubject = {
  context: ReferenceContext;
  defaultOrg: () => string;
  requests: RequestLog;
  /** @param origin where the page was loaded from */
  connect: (origin: string) => Connect;
  /** `null`: nobody brought any. */
  imports: Imports | null;
  /** Something may have fallen due. */
  wake: () => void;
};

const RowLimit = z.number().int().min(1).max(500);
const ConversationsQuery = z.strictObject({ status: ConversationStatus.optional(), limit: RowLimit.default(50) });
const HistoryQuery = z.strictObject({ limit: RowLimit.default(50) });
const ContactsQuery = z.strictObject({ query: z.string().max(200).optional(), limit: RowLimit.default(50) });
const DeliveriesQuery = z.strictObject({ webhookId: WebhookId.optional(), limit: RowLimit.default(100) });

function parseQuery<Schema extends z.ZodObject>(schema: Schema, values: URLSearchParams): z.output<Schema> {
  return validate(schema, readQuery(values, schema));
}

/** What a route works on: everything, and the org it is asked about. */
type OrgSubject = ConsoleSubject & { org: Org };

const OrgQuery = z.object({ orgId: z.string().min(1).optional() });

/**
 * The org a request names, and the rest of its query.
 * @throws Refusal 404
 */
function findOrg({ context, defaultOrg }: ConsoleSubject, query: URLSearchParams): { org: Org; rest: URLSearchParams } {
  const id = parseQuery(OrgQuery, query).orgId ?? defaultOrg();
  const org = context.store.orgs.byId(id);
  if (!org) throw unknownId("org", id);
  const rest = new URLSearchParams(query);
  rest.delete("orgId");
  return { org, rest };
}

/** So that no route can forget it, each is given the org, and none has another way to it. */
function withOrg({ run, ...route }: JsonRoute<OrgSubject>): JsonRoute<ConsoleSubject> {
  return {
    ...route,
    run: (subject, input) => {
      const { org, rest } = findOrg(subject, input.query);
      return run({ ...subject, org }, { ...input, query: rest });
    },
  };
}

/** Makes a change in one transaction; what it makes due is sent. */
function applyChange<Result>({ context, wake }: ConsoleSubject, work: () => Result): Result {
  const result = context.store.transaction(work);
  wake();
  return result;
}

export const consoleRoutes: readonly JsonRoute<OrgSubject>[] = [
  {
    method: "GET",
    path: "/orgs",
    run: ({ context, defaultOrg }) => ({ data: views.listOrgs(context, defaultOrg()) }),
  },
  { method: "GET", path: "/overview", run: ({ context, org }) => views.readOverview(context, org) },
  { method: "GET", path: "/choices", run: ({ imports }) => ({ ...views.choices, imports: imports !== null }) },
  { method: "GET", path: "/connect", run: ({ connect }, { origin }) => connect(origin) },
  {
    method: "GET",
    path: "/conversations",
    run: ({ context, org }, input) => ({
      data: views.listConversations(context, org.id, parseQuery(ConversationsQuery, input.query)),
    }),
  },
  {
    method: "GET",
    path: "/conversations/{id}",
    run: ({ context, org }, input) =>
      views.readConversation(context, org.id, readPathId(input), parseQuery(HistoryQuery, input.query).limit),
  },
  {
    method: "POST",
    path: "/messages",
    creates: true,
    takesBody: true,
    run: (subject, { body }) => {
      const message = validate(MessageInput, body);
      return applyChange(subject, () => sendMessage(subject.context, subject.org.id, message));
    },
  },
  {
    method: "GET",
    path: "/contacts",
    run: ({ context, org }, input) => {
      const { query: words, limit } = parseQuery(ContactsQuery, input.query);
      return views.listContacts(context, org.id, words || undefined, limit);
    },
  },
  {
    method: "GET",
    path: "/contacts/{id}",
    run: ({ context, org }, input) => views.readContact(context, org.id, readPathId(input)),
  },
  {
    method: "PATCH",
    path: "/contacts/{id}",
    takesBody: true,
    run: (subject, input) => {
      const patch = validate(ContactPatch, input.body);
      return applyChange(subject, () =>
        toContactBody(updateContact(subject.context, subject.org.id, readPathId(input), patch)),
      );
    },
  },
  { method: "GET", path: "/keys", run: ({ context, org }) => ({ data: views.listKeys(context, org.id) }) },
  { method: "GET", path: "/webhooks", run: ({ context, org }) => ({ data: views.listWebhooks(context, org.id) }) },
  {
    method: "POST",
    path: "/webhooks",
    creates: true,
    takesBody: true,
    run: (subject, { body }) => {
      const webhook = validate(WebhookInput, body);
      return applyChange(subject, () => registerWebhook(subject.context, subject.org.id, webhook));
    },
  },
  {
    method: "DELETE",
    path: "/webhooks/{id}",
    run: (subject, input) =>
      applyChange(subject, () => removeWebhook(subject.context, subject.org.id, readPathId(input))),
  },
  {
    method: "GET",
    path: "/deliveries",
    run: ({ context, org }, input) => {
      const { webhookId, limit } = parseQuery(DeliveriesQuery, input.query);
      return { data: views.listDeliveries(context, org.id, webhookId, limit) };
    },
  },
  {
    method: "GET",
    path: "/deliveries/{id}",
    run: ({ context, org }, input) => views.readDelivery(context, org.id, readPathId(input)),
  },
  {
    method: "GET",
    path: "/requests",
    run: ({ context, requests, org }) => ({ data: requests.list(org.id), budget: views.readOrgBudget(context, org) }),
  },
  ...importRoutes,
];

export function createDataHandler(
  subject: ConsoleSubject,
  token: string,
  onError: (error: unknown) => void,
): JsonHandler {
  return answerRoutes({ root: "/_console", name: "The console" }, consoleRoutes.map(withOrg), subject, token, onError);
}
