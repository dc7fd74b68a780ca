/** The OpenAPI 3.1 document of the API, written from the endpoint table, the schemas and the event catalogue. */
import * as z from "zod";
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from "zod-openapi";
import {
  commonErrors,
  defaultBaseUrl,
  type Endpoint,
  type EndpointName,
  ErrorBody,
  type ErrorCode,
  endpoints,
  errorCodes,
  eventSchema,
  events,
  eventTypes,
  sampleEvent,
} from "../../src/api/index.ts";
import { answerExamples, errorExample, requestExamples } from "./examples.ts";

function describeHeader(id: string, description: string, example: string) {
  return z.string().meta({ description, examples: [example], header: { id } });
}

const requestIdHeader = {
  "X-Request-Id": describeHeader("RequestId", "The requestId of the body.", "req_01JGDP5CQ0X7M3V9T2R8K4N6WY"),
};
const budgetHeaders = {
  ...requestIdHeader,
  "RateLimit-Policy": describeHeader(
    "RateLimitPolicy",
    "The org's requests a window of so many seconds.",
    '"org";q=1000;w=3600',
  ),
  RateLimit: describeHeader(
    "RateLimit",
    "What is left, and in how many seconds the budget is full again.",
    '"org";r=999;t=4',
  ),
};
const moreHeaders: Partial<Record<ErrorCode, z.ZodRawShape>> = {
  invalid_api_key: { "WWW-Authenticate": describeHeader("Authenticate", "Always `Bearer`.", "Bearer") },
  rate_limited: {
    "Retry-After": describeHeader("RetryAfter", "Seconds after which a request is admitted again.", "4"),
  },
};

function toPascalCase(code: string): string {
  return code.replace(/(^|_)(\w)/g, (_match, _line, letter: string) => letter.toUpperCase());
}

const errorResponses = new Map<string, ZodOpenApiResponseObject>();

/** The answer for all errors of one status. The same object for the same errors, so that the document names it once. */
function describeErrorResponse(codes: readonly ErrorCode[]): ZodOpenApiResponseObject {
  const id = codes.map(toPascalCase).join("Or");
  const known = errorResponses.get(id);
  if (known) return known;
  const response: ZodOpenApiResponseObject = {
    id,
    description: codes.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join("\n\n"),
    headers: z.object(
      Object.assign(
        {},
        codes.includes("invalid_api_key") ? requestIdHeader : budgetHeaders,
        ...codes.map((code) => moreHeaders[code]),
      ),
    ),
    content: {
      "application/json": {
        schema: ErrorBody,
        examples: Object.fromEntries(codes.map((code) => [code, { value: errorExample(code) }])),
      },
    },
  };
  errorResponses.set(id, response);
  return response;
}

function describeErrors(endpoint: Endpoint): Record<string, ZodOpenApiResponseObject> {
  const codes: ErrorCode[] = [
    ...commonErrors,
    ...(endpoint.scope ? ["insufficient_scope" as const] : []),
    ...endpoint.errors,
  ];
  const byStatus = Map.groupBy(codes, (code) => String(errorCodes[code].status));
  return Object.fromEntries([...byStatus].map(([status, same]) => [status, describeErrorResponse(same)]));
}

/** What the answers are called in the document; endpoints that answer alike share a name. */
const answerNames: Record<EndpointName, string> = {
  saveContact: "ContactAnswer",
  updateContact: "ContactAnswer",
  getContact: "ContactWithActivityAnswer",
  listContacts: "ContactPage",
  sendMessage: "SentMessageAnswer",
  listConversations: "ConversationPage",
  listMessages: "MessagePage",
  createWebhook: "CreatedWebhookAnswer",
  listWebhooks: "WebhookList",
  deleteWebhook: "DeletedWebhookAnswer",
  getAccount: "AccountAnswer",
  listTemplates: "TemplateList",
};
const answerSchemas = new Map<string, z.ZodObject>();

function nameAnswerSchema(name: EndpointName, schema: z.ZodObject): z.ZodObject {
  const id = answerNames[name];
  const known = answerSchemas.get(id) ?? schema.meta({ id });
  answerSchemas.set(id, known);
  return known;
}

function toExamples(values: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function describeOperation(name: EndpointName): ZodOpenApiOperationObject {
  const endpoint: Endpoint = endpoints[name];
  const { params, query, body } = endpoint;
  return {
    operationId: name,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    description: `${endpoint.description}\n\n${endpoint.scope ? `Scope: \`${endpoint.scope}\`.` : "Any key may ask."}`,
    ...(endpoint.extension ? { "x-extension": true } : {}),
    ...(params || query ? { requestParams: { ...(params ? { path: params } : {}), ...(query ? { query } : {}) } } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: body, examples: toExamples(requestExamples[name] ?? {}) } },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(endpoint.answers).map(([status, { description, schema }]) => [
          status,
          {
            description,
            headers: z.object(budgetHeaders),
            content: {
              "application/json": {
                schema: nameAnswerSchema(name, schema),
                examples: toExamples(answerExamples[name]),
              },
            },
          },
        ]),
      ),
      ...describeErrors(endpoint),
    },
  };
}

const deliveryHeaders = z.object({
  "X-OnSync-Signature": z.string().meta({
    description: "Hex HMAC-SHA256 of the raw body, keyed with the endpoint's secret. Verify it before parsing.",
    examples: ["f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"],
  }),
  "X-OnSync-Event": z.string().meta({ description: "The event's type.", examples: ["message.created"] }),
  "X-OnSync-Delivery": z
    .string()
    .meta({ description: "The event's id.", examples: ["evt_01JGDQ7W3N8YV5C2T6R9XKBM4P"] }),
  "X-OnSync-Attempt": z.string().meta({ description: "Which attempt this is, 1 to 4.", examples: ["1"] }),
});

function describeWebhook(type: (typeof eventTypes)[number]): { post: ZodOpenApiOperationObject } {
  return {
    post: {
      operationId: `on${toPascalCase(type.replace(".", "_"))}`,
      tags: ["Events"],
      summary: events[type].title,
      description: `${events[type].description} A retry sends the same bytes and the same id.`,
      security: [],
      requestParams: { header: deliveryHeaders },
      requestBody: {
        required: true,
        content: {
          "application/json": { schema: eventSchema(type), examples: { delivery: { value: sampleEvent(type) } } },
        },
      },
      responses: {
        "2XX": { description: "Acknowledged." },
        "4XX": { description: "Not acknowledged: tried again, up to four attempts in all." },
      },
    },
  };
}

const tags: { name: string; description: string }[] = [
  { name: "Contacts", description: "People the org talks to, deduplicated by phone, email and externalId." },
  { name: "Messaging", description: "Messages sent from the shared inbox." },
  { name: "Conversations", description: "Threads with customers and their history." },
  { name: "Webhooks", description: "Endpoints that receive events." },
  { name: "Account", description: "The org and the key." },
  { name: "Templates", description: "Approved WhatsApp templates." },
  { name: "Events", description: "What OnSync posts to webhook endpoints." },
];

const description = `The REST API of OnSync, the shared inbox for WhatsApp, Instagram, Facebook and Telegram.

Every body carries \`requestId\` and \`timestamp\`. 1,000 requests per org per hour, burst-friendly; 4xx errors count, a 429 does not. Operations marked \`x-extension\` are not in the API's documentation: a server may answer them with 404 \`unknown_endpoint\`.

What JSON Schema cannot say of requests, and is refused with 400 all the same: a body nested more than 64 levels deep, a name given twice, half a Unicode character, the names \`__proto__\`, \`constructor\` and \`prototype\` and numbers beyond 2^53 - 1 at any depth of \`metadata\`; an e-mail address of more than 254 characters; a webhook \`url\` whose host is none, or whose port HTTP clients do not call (0 and the blocked ports of the Fetch standard); a day that its month does not have; a \`cursor\` of another list; a query parameter that is unknown or given twice. A body larger than 1 MiB is refused with 413.`;

/** `extensions`: whether the endpoints beyond the API's documentation are in it. `serverUrl`: where the API is. */
export type DocumentOptions = { extensions: boolean; serverUrl?: string };

export function openApiDocument({ extensions, serverUrl }: DocumentOptions): Record<string, unknown> {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, endpoint] of Object.entries(endpoints) as [EndpointName, Endpoint][]) {
    if (endpoint.extension && !extensions) continue;
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: describeOperation(name) };
  }
  const used = new Set([
    "Events",
    ...Object.values(paths).flatMap((path) => Object.values(path).flatMap((each) => each.tags)),
  ]);
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "OnSync API",
      version: "1.0.0",
      description,
      contact: { name: "OnSync support", email: "support@onsync.com" },
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: serverUrl ?? defaultBaseUrl }],
    tags: tags.filter(({ name }) => used.has(name)),
    security: [{ key: [] }],
    paths,
    webhooks: Object.fromEntries(eventTypes.map((type) => [type, describeWebhook(type)])),
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "A key of the org: `onsync_pk_live_…`." },
      },
    },
  }) as unknown as Record<string, unknown>;
}
