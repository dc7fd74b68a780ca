/**
 * The console's data, under `/_console`: what its pages read, and what a teammate does there. All of it is one org's: the
 * one that `?orgId=` names, the default one without it.
 */
import * as z from "zod";
import { ContactPatch, ConversationStatus, MessageInput, WebhookId, WebhookInput } from "../../src/api/index.ts";
import { answerRoutes, pathId as id, type JsonHandler, type JsonRoute } from "../control/json-routes.ts";
import { missing } from "../http/answers.ts";
import { registerWebhook, removeWebhook } from "../http/handlers/webhooks.ts";
import { queryValues, validate } from "../http/validate.ts";
import { contactBody, updateContact } from "../inbox/contacts.ts";
import { sendMessage } from "../inbox/messages.ts";
import type { Org } from "../store/orgs.ts";
import type { World } from "../world.ts";
import type { Connect } from "./connect.ts";
import * as read from "./reads.ts";
import type { RequestLog } from "./request-log.ts";

export type ConsoleParts = {
  world: World;
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
  return validate(schema, queryValues(values, schema));
}

/** What a route works on: everything, and the org it is asked about. */
type InOrg = ConsoleParts & { org: Org };

const OrgQuery = z.object({ orgId: z.string().min(1).optional() });

/**
 * The org a request names, and the rest of its query.
 * @throws Refusal 404
 */
function orgOf({ world, defaultOrg }: ConsoleParts, given: URLSearchParams): { org: Org; rest: URLSearchParams } {
  const id = query(OrgQuery, given).orgId ?? defaultOrg();
  const org = world.store.orgs.byId(id);
  if (!org) throw missing("org", id);
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

/** Changes the world in one transaction; what it makes due is sent. */
function change<Result>({ world, wake }: ConsoleParts, work: () => Result): Result {
  const result = world.store.transaction(work);
  wake();
  return result;
}

export const consoleRoutes: readonly JsonRoute<InOrg>[] = [
  {
    method: "GET",
    path: "/orgs",
    run: ({ world, defaultOrg }) => ({ data: read.orgRows(world, defaultOrg()) }),
  },
  { method: "GET", path: "/overview", run: ({ world, org }) => read.overview(world, org) },
  { method: "GET", path: "/choices", run: () => read.choices },
  { method: "GET", path: "/connect", run: ({ connect }, { origin }) => connect(origin) },
  {
    method: "GET",
    path: "/conversations",
    run: ({ world, org }, input) => ({
      data: read.conversationRows(world, org.id, query(ConversationsQuery, input.query)),
    }),
  },
  {
    method: "GET",
    path: "/conversations/{id}",
    run: ({ world, org }, input) =>
      read.conversationPage(world, org.id, id(input), query(HistoryQuery, input.query).limit),
  },
  {
    method: "POST",
    path: "/messages",
    creates: true,
    takesBody: true,
    run: (parts, { body }) => {
      const message = validate(MessageInput, body);
      return change(parts, () => sendMessage(parts.world, parts.org.id, message));
    },
  },
  {
    method: "GET",
    path: "/contacts",
    run: ({ world, org }, input) => {
      const { query: words, limit } = query(ContactsQuery, input.query);
      return read.contactRows(world, org.id, words || undefined, limit);
    },
  },
  {
    method: "GET",
    path: "/contacts/{id}",
    run: ({ world, org }, input) => read.contactPage(world, org.id, id(input)),
  },
  {
    method: "PATCH",
    path: "/contacts/{id}",
    takesBody: true,
    run: (parts, input) => {
      const patch = validate(ContactPatch, input.body);
      return change(parts, () => contactBody(updateContact(parts.world, parts.org.id, id(input), patch)));
    },
  },
  { method: "GET", path: "/keys", run: ({ world, org }) => ({ data: read.keyRows(world, org.id) }) },
  { method: "GET", path: "/webhooks", run: ({ world, org }) => ({ data: read.webhookRows(world, org.id) }) },
  {
    method: "POST",
    path: "/webhooks",
    creates: true,
    takesBody: true,
    run: (parts, { body }) => {
      const webhook = validate(WebhookInput, body);
      return change(parts, () => registerWebhook(parts.world, parts.org.id, webhook));
    },
  },
  {
    method: "DELETE",
    path: "/webhooks/{id}",
    run: (parts, input) => change(parts, () => removeWebhook(parts.world, parts.org.id, id(input))),
  },
  {
    method: "GET",
    path: "/deliveries",
    run: ({ world, org }, input) => {
      const { webhookId, limit } = query(DeliveriesQuery, input.query);
      return { data: read.deliveryRows(world, org.id, webhookId, limit) };
    },
  },
  {
    method: "GET",
    path: "/deliveries/{id}",
    run: ({ world, org }, input) => read.deliveryPage(world, org.id, id(input)),
  },
  {
    method: "GET",
    path: "/requests",
    run: ({ world, requests, org }) => ({ data: requests.list(org.id), budget: read.budget(world, org) }),
  },
];

export function createConsoleData(parts: ConsoleParts, token: string, failed: (error: unknown) => void): JsonHandler {
  return answerRoutes({ root: "/_console", name: "The console" }, consoleRoutes.map(inOrg), parts, token, failed);
}
