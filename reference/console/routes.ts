/** The console's data, under `/_console`: what its pages read, and what a teammate does there. */
import * as z from "zod";
import { ContactPatch, ConversationStatus, MessageInput, WebhookId, WebhookInput } from "../../src/api/index.ts";
import { answerRoutes, pathId as id, type JsonHandler, type JsonRoute } from "../control/json-routes.ts";
import { registerWebhook, removeWebhook } from "../handlers/webhooks.ts";
import { contactBody, updateContact } from "../inbox/contacts.ts";
import { sendMessage } from "../inbox/messages.ts";
import type { Org } from "../store/orgs.ts";
import { queryValues, validate } from "../validate.ts";
import type { World } from "../world.ts";
import type { Connect } from "./connect.ts";
import * as read from "./reads.ts";
import type { RequestLog } from "./request-log.ts";

export type ConsoleParts = {
  world: World;
  /** The org the console shows: the default one. */
  orgId: () => string;
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

const query = <Schema extends z.ZodObject>(schema: Schema, values: URLSearchParams): z.output<Schema> =>
  validate(schema, queryValues(values, schema));

const orgOf = ({ world, orgId }: ConsoleParts): Org => world.store.orgs.byId(orgId()) as Org;

/** Changes the world in one transaction; what it makes due is sent. */
const change = <Result>({ world, wake }: ConsoleParts, work: () => Result): Result => {
  const result = world.store.transaction(work);
  wake();
  return result;
};

const routes: JsonRoute<ConsoleParts>[] = [
  { method: "GET", path: "/overview", run: (parts) => read.overview(parts.world, orgOf(parts)) },
  { method: "GET", path: "/connect", run: ({ connect }, { origin }) => connect(origin) },
  {
    method: "GET",
    path: "/conversations",
    run: ({ world, orgId }, input) => ({
      data: read.conversationRows(world, orgId(), query(ConversationsQuery, input.query)),
    }),
  },
  {
    method: "GET",
    path: "/conversations/{id}",
    run: ({ world, orgId }, input) =>
      read.conversationPage(world, orgId(), id(input), query(HistoryQuery, input.query).limit),
  },
  {
    method: "POST",
    path: "/messages",
    creates: true,
    run: (parts, { body }) => {
      const message = validate(MessageInput, body);
      return change(parts, () => sendMessage(parts.world, parts.orgId(), message));
    },
  },
  {
    method: "GET",
    path: "/contacts",
    run: ({ world, orgId }, input) => {
      const { query: words, limit } = query(ContactsQuery, input.query);
      return read.contactRows(world, orgId(), words || undefined, limit);
    },
  },
  {
    method: "GET",
    path: "/contacts/{id}",
    run: ({ world, orgId }, input) => read.contactPage(world, orgId(), id(input)),
  },
  {
    method: "PATCH",
    path: "/contacts/{id}",
    run: (parts, input) => {
      const patch = validate(ContactPatch, input.body);
      return change(parts, () => contactBody(updateContact(parts.world, parts.orgId(), id(input), patch)));
    },
  },
  { method: "GET", path: "/keys", run: ({ world, orgId }) => ({ data: read.keyRows(world, orgId()) }) },
  { method: "GET", path: "/webhooks", run: ({ world, orgId }) => ({ data: read.webhookRows(world, orgId()) }) },
  {
    method: "POST",
    path: "/webhooks",
    creates: true,
    run: (parts, { body }) => {
      const webhook = validate(WebhookInput, body);
      return change(parts, () => registerWebhook(parts.world, parts.orgId(), webhook));
    },
  },
  {
    method: "DELETE",
    path: "/webhooks/{id}",
    run: (parts, input) => change(parts, () => removeWebhook(parts.world, parts.orgId(), id(input))),
  },
  {
    method: "GET",
    path: "/deliveries",
    run: ({ world, orgId }, input) => {
      const { webhookId, limit } = query(DeliveriesQuery, input.query);
      return { data: read.deliveryRows(world, orgId(), webhookId, limit) };
    },
  },
  { method: "GET", path: "/deliveries/{id}", run: ({ world }, input) => read.deliveryPage(world, id(input)) },
  {
    method: "GET",
    path: "/requests",
    run: (parts) => ({ data: parts.requests.list(), budget: read.budget(parts.world, orgOf(parts)) }),
  },
];

export const createConsoleData = (parts: ConsoleParts, failed: (error: unknown) => void): JsonHandler =>
  answerRoutes({ root: "/_console", name: "The console" }, routes, parts, failed);
