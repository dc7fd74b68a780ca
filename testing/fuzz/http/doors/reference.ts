/** The reference's doors: the API as one org has it, the control API, the console's data. */
import * as z from "zod";
import { controlRoutes } from "../../../../reference/control/routes/index.ts";
import { ContactInput, ContactPatch, endpoints, MessageInput, WebhookInput } from "../../../../src/api/index.ts";
import type { Schema } from "../../inputs/schema.ts";
import { createDoor, type OpenDoor } from "../door.ts";
import { listOtherOrg, listSecrets, secrets, startReference } from "../planted-reference.ts";
import { describeRequests, type Route, toBytes } from "../requests.ts";

function toSchema(schema: z.ZodType | undefined): Schema | undefined {
  return schema && (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema);
}

const apiRoutes: readonly Route[] = Object.values(endpoints).map((endpoint) => {
  const { method, path, query, body }: { method: string; path: string; query?: z.ZodType; body?: z.ZodType } = endpoint;
  return { method, path: `/v1${path}`, query: toSchema(query), body: toSchema(body) };
});

const control: readonly Route[] = controlRoutes.map(({ method, path, input, takesBody }) => ({
  method,
  path: `/_control${path}`,
  ...(takesBody ? { body: toSchema(input) ?? {} } : { query: toSchema(input) }),
}));

const anyQuery: Schema = {
  type: "object",
  properties: {
    query: { type: "string" },
    before: { examples: ["1", "1,2", "1733047200000,3", "-1", ",", "1e3,0x10"] },
    limit: { type: "integer", minimum: 1, maximum: 200 },
    status: { enum: ["open", "closed", "pending", "delivered", "failed", "2xx"] },
    platform: { enum: ["whatsapp", "telegram"] },
    range: { enum: ["hour", "six_hours", "day"] },
    orgId: { examples: ["org_none", ""] },
    assignee: { examples: ["none", "user_1"] },
    method: { enum: ["GET", "POST"] },
  },
};

const consolePaths = {
  GET: [
    "/orgs",
    "/overview",
    "/choices",
    "/connect",
    "/keys",
    "/webhooks",
    "/deliveries",
    "/deliveries/{id}",
    "/charts",
    "/control",
    "/requests",
    "/requests/{id}",
    "/conversations",
    "/conversations/{id}",
    "/contacts",
    "/contacts/{id}",
    "/import",
    "/live",
    "/files/{id}",
    "/files/../index.html",
    "",
  ],
  POST: ["/conversations/{id}/reopen", "/requests/{id}/replay"],
  DELETE: ["/webhooks/{id}", "/contacts/{id}"],
};

const webhookChange: Schema = {
  type: "object",
  properties: { url: { examples: ["http://127.0.0.1:59999/hooks"] }, events: { examples: [["message.created"]] } },
};

const consoleRoutes: readonly Route[] = [
  ...Object.entries(consolePaths).flatMap(([method, paths]) =>
    paths.map((path) => ({ method, path: `/_console${path}`, query: anyQuery })),
  ),
  { method: "POST", path: "/_console/messages", body: toSchema(MessageInput) },
  { method: "POST", path: "/_console/contacts", body: toSchema(ContactInput) },
  { method: "PATCH", path: "/_console/contacts/{id}", body: toSchema(ContactPatch) },
  { method: "POST", path: "/_console/webhooks", body: toSchema(WebhookInput) },
  { method: "PATCH", path: "/_console/webhooks/{id}", body: webhookChange },
  {
    method: "POST",
    path: "/_console/webhooks/{id}/rotate",
    body: { type: "object", properties: { secret: { type: "string" } } },
  },
  {
    method: "POST",
    path: "/_console/webhooks/{id}/test",
    body: { type: "object", properties: { type: { enum: ["message.created"] } } },
  },
  {
    method: "POST",
    path: "/_console/replays",
    body: { type: "object", properties: { ids: { type: "array", items: { type: "string" } } } },
  },
  {
    method: "POST",
    path: "/_console/requests",
    body: {
      type: "object",
      properties: {
        method: { enum: ["GET", "POST", "PATCH", "DELETE"] },
        path: {
          examples: [
            "/v1/contacts",
            "/v1/me",
            "/v1/../_control/keys",
            "/v1/conversations?limit=1",
            "/v1//evil.example",
          ],
        },
        keyId: { examples: ["key_1"] },
        body: { type: "string" },
      },
      required: ["method", "path"],
    },
  },
];

const ids = [
  "telegram:sara",
  "whatsapp:+971500000000",
  "contact_1",
  "wh_1",
  "msg_1",
  "key_1",
  "org_1",
  "req_1",
  "flt_1",
];

type Setting = {
  routes: readonly Route[];
  token: string;
  health: string;
  /** Who holds the control token may read every org's data, but no key, and no secret. */
  readsAll: boolean;
};

async function openReferenceDoor({ routes, token, health, readsAll }: Setting): Promise<OpenDoor> {
  const reference = await startReference();
  const { server, orgId, contactId } = reference;
  const credentials = [`Authorization: Bearer ${token}`];
  const known = readsAll ? [...ids, orgId] : [...ids, orgId, contactId];
  const headers = ["Origin: http://127.0.0.1", "X-HTTP-Method-Override: DELETE"];
  return {
    server,
    restart: async () => (await startReference()).server,
    port: ({ port }) => port,
    requests: describeRequests({ routes, credentials, ids: known, headers }),
    credentials,
    streams: /_console\/live/,
    canaries: [...listSecrets(reference), ...(readsAll ? [] : listOtherOrg(reference))],
    health: toBytes("GET", health, credentials),
    close: async () => {},
  };
}

export const api = createDoor("api", 4, () =>
  openReferenceDoor({ routes: apiRoutes, token: secrets.ownKey, health: "/v1/me", readsAll: false }),
);

export const controlApi = createDoor("control", 3, () =>
  openReferenceDoor({ routes: control, token: secrets.controlToken, health: "/_control/clock", readsAll: true }),
);

export const consoleData = createDoor("console", 3, () =>
  openReferenceDoor({ routes: consoleRoutes, token: secrets.controlToken, health: "/_console/orgs", readsAll: true }),
);
