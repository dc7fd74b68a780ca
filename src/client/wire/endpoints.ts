/**
 * The endpoints and the error codes, as far as the client needs them.
 *
 * Written by scripts/wire from the schemas of src/api. Do not edit: change the schema, and run `npm run wire`.
 */
import {
  findQueryInstantProblem,
  findUrlProblem,
  fitsMessage,
  hasIdentifier,
  isSendableAddress,
  removeDuplicates,
} from "../../api/values/checks.ts";
import { isEmail, isPhone, normalizePhone, trimEmail } from "../../api/values/identifiers.ts";
import type { Rule } from "./rule.ts";

export type ClientEndpoint = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  scope: string | null;
  extension?: { what: string; advice: string };
  query?: Rule;
  body?: Rule;
  answer: Extract<Rule, { is: "object" }>;
};

const id = {
  is: "string",
  checks: [{ minLength: 1, error: "must not be empty", stops: true }, { maxLength: 400 }],
} as const satisfies Rule;
const firstName = { is: "string", optional: true, nullable: true } as const satisfies Rule;
const anyString = { is: "string" } as const satisfies Rule;
const tags = { is: "array", of: anyString } as const satisfies Rule;
const channel = {
  is: "choice",
  values: ["whatsapp", "instagram", "facebook", "telegram"],
  optional: true,
  nullable: true,
} as const satisfies Rule;
const propertiesValueKind = { is: "string", checks: [{ maxLength: 4096 }] } as const satisfies Rule;
const anyNumber = { is: "number" } as const satisfies Rule;
const anyBoolean = { is: "boolean" } as const satisfies Rule;
const propertiesValue = { is: "union", of: [propertiesValueKind, anyNumber, anyBoolean] } as const satisfies Rule;
const properties = { is: "record", of: propertiesValue } as const satisfies Rule;
const updatedAt = { is: "string", optional: true } as const satisfies Rule;
const saveContactAnswer = {
  is: "object",
  fields: {
    id: id,
    firstName: firstName,
    lastName: firstName,
    phone: firstName,
    email: firstName,
    tags: tags,
    channel: channel,
    properties: properties,
    orgId: anyString,
    createdAt: anyString,
    updatedAt: updatedAt,
    requestId: anyString,
    timestamp: anyString,
  },
} as const satisfies Rule;
const firstName2 = {
  is: "string",
  checks: [{ minLength: 1, error: "must not be empty", stops: true }, { maxLength: 200 }],
  optional: true,
} as const satisfies Rule;
const tagsItem = {
  is: "string",
  checks: [{ minLength: 1, error: "a tag must not be empty", stops: true }, { maxLength: 100 }],
} as const satisfies Rule;
const channel2 = {
  is: "choice",
  values: ["whatsapp", "instagram", "facebook", "telegram"],
  optional: true,
} as const satisfies Rule;
const propertiesValueKind2 = {
  is: "number",
  checks: [{ min: -9007199254740991 }, { max: 9007199254740991 }],
} as const satisfies Rule;
const nextCursor = { is: "string", nullable: true } as const satisfies Rule;
const phone = { is: "string", checks: [{ minLength: 1 }], optional: true } as const satisfies Rule;
const limit = {
  is: "number",
  checks: [{ int: true, stops: true }, { min: -9007199254740991 }, { max: 9007199254740991 }, { min: 1 }, { max: 100 }],
  fallback: 50,
} as const satisfies Rule;
const cursor = {
  is: "string",
  checks: [{ minLength: 1, error: "must not be empty", stops: true }, { maxLength: 1000 }],
  optional: true,
} as const satisfies Rule;
const messageCount = {
  is: "number",
  checks: [{ int: true, stops: true }, { min: -9007199254740991 }, { max: 9007199254740991 }],
} as const satisfies Rule;
const firstName3 = {
  is: "string",
  checks: [{ minLength: 1, error: "must not be empty", stops: true }, { maxLength: 200 }],
  optional: true,
  nullable: true,
} as const satisfies Rule;
const direction = { is: "choice", values: ["inbound", "outbound"] } as const satisfies Rule;
const status = {
  is: "choice",
  values: ["queued", "sent", "delivered", "read", "failed"],
  optional: true,
} as const satisfies Rule;
const anyUnknown = { is: "unknown" } as const satisfies Rule;
const metadata = { is: "record", of: anyUnknown, optional: true } as const satisfies Rule;
const platform = { is: "choice", values: ["whatsapp", "instagram", "facebook", "telegram"] } as const satisfies Rule;
const to = {
  is: "string",
  checks: [
    { minLength: 1, error: "must not be empty", stops: true },
    { pattern: /\S/u, error: "must not be blank" },
    { maxLength: 256 },
  ],
} as const satisfies Rule;
const type = { is: "string", checks: [{ minLength: 1 }] } as const satisfies Rule;
const status2 = { is: "choice", values: ["active", "paused"], optional: true } as const satisfies Rule;

export const endpoints = {
  saveContact: {
    method: "POST",
    path: "/contacts",
    scope: "write:contacts",
    body: {
      is: "object",
      fields: {
        firstName: firstName2,
        lastName: firstName2,
        phone: {
          is: "string",
          checks: [
            { change: normalizePhone },
            { test: isPhone, error: "must be a phone number in E.164 form, such as +971500000000" },
          ],
          optional: true,
        },
        email: {
          is: "string",
          checks: [
            { change: trimEmail },
            { test: isEmail, error: "must be an e-mail address, such as sara@example.com" },
          ],
          optional: true,
        },
        tags: { is: "array", of: tagsItem, checks: [{ maxLength: 100 }, { change: removeDuplicates }], optional: true },
        channel: channel2,
        properties: {
          is: "object",
          fields: {
            source: { is: "string", checks: [{ maxLength: 4096 }], optional: true },
            language: { is: "string", checks: [{ maxLength: 100 }], optional: true },
            externalId: firstName2,
          },
          rest: { is: "union", of: [propertiesValueKind, propertiesValueKind2, anyBoolean] },
          optional: true,
        },
      },
      rest: null,
      checks: [
        {
          test: hasIdentifier,
          path: ["phone"],
          error: "give at least one of phone, email and properties.externalId: OnSync finds contacts by them",
        },
      ],
    },
    answer: saveContactAnswer,
  },
  listContacts: {
    method: "GET",
    path: "/contacts",
    scope: "read:contacts",
    extension: {
      what: "contact search",
      advice: "Look contacts up by their contact id: nothing else is possible here.",
    },
    query: {
      is: "object",
      fields: { phone: phone, email: phone, externalId: phone, query: firstName2, limit: limit, cursor: cursor },
      rest: null,
    },
    answer: {
      is: "object",
      fields: {
        data: {
          is: "array",
          of: {
            is: "object",
            fields: {
              id: id,
              firstName: firstName,
              lastName: firstName,
              phone: firstName,
              email: firstName,
              tags: tags,
              channel: channel,
              properties: properties,
              orgId: anyString,
              createdAt: anyString,
              updatedAt: updatedAt,
            },
          },
        },
        nextCursor: nextCursor,
        requestId: anyString,
        timestamp: anyString,
      },
    },
  },
  getContact: {
    method: "GET",
    path: "/contacts/{id}",
    scope: "read:contacts",
    answer: {
      is: "object",
      fields: {
        id: id,
        firstName: firstName,
        lastName: firstName,
        phone: firstName,
        email: firstName,
        tags: tags,
        channel: channel,
        properties: properties,
        orgId: anyString,
        createdAt: anyString,
        updatedAt: updatedAt,
        activity: {
          is: "object",
          fields: {
            lastMessageAt: nextCursor,
            lastInboundAt: nextCursor,
            lastOutboundAt: nextCursor,
            messageCount: messageCount,
            conversationIds: tags,
          },
          optional: true,
        },
        requestId: anyString,
        timestamp: anyString,
      },
    },
  },
  updateContact: {
    method: "PATCH",
    path: "/contacts/{id}",
    scope: "write:contacts",
    body: {
      is: "object",
      fields: {
        firstName: firstName3,
        lastName: firstName3,
        phone: {
          is: "string",
          checks: [
            { change: normalizePhone },
            { test: isPhone, error: "must be a phone number in E.164 form, such as +971500000000" },
          ],
          optional: true,
          nullable: true,
        },
        email: {
          is: "string",
          checks: [
            { change: trimEmail },
            { test: isEmail, error: "must be an e-mail address, such as sara@example.com" },
          ],
          optional: true,
          nullable: true,
        },
        tags: {
          is: "array",
          of: tagsItem,
          checks: [{ maxLength: 100 }, { change: removeDuplicates }],
          optional: true,
          nullable: true,
        },
        channel: channel,
        properties: {
          is: "object",
          fields: {
            source: { is: "string", checks: [{ maxLength: 4096 }], optional: true, nullable: true },
            language: { is: "string", checks: [{ maxLength: 100 }], optional: true, nullable: true },
            externalId: firstName3,
          },
          rest: { is: "union", of: [propertiesValueKind, propertiesValueKind2, anyBoolean], nullable: true },
          optional: true,
          nullable: true,
        },
      },
      rest: null,
    },
    answer: saveContactAnswer,
  },
  sendMessage: {
    method: "POST",
    path: "/messaging/send",
    scope: "write:messages",
    body: {
      is: "variant",
      by: "messageType",
      of: {
        text: {
          is: "object",
          fields: {
            platform: platform,
            to: to,
            messageType: { is: "choice", values: ["text"] },
            content: {
              is: "string",
              checks: [
                { minLength: 1, error: "must not be empty", stops: true },
                { pattern: /\S/u, error: "must not be blank: there is nothing to read in it" },
                { test: fitsMessage, error: "must be at most 4096 characters" },
              ],
            },
            metadata: metadata,
          },
          rest: null,
        },
        template: {
          is: "object",
          fields: {
            platform: { is: "choice", values: ["whatsapp"], error: "templates are sent on whatsapp only" },
            to: to,
            messageType: { is: "choice", values: ["template"] },
            metadata: {
              is: "object",
              fields: {
                template: {
                  is: "object",
                  fields: {
                    name: {
                      is: "string",
                      checks: [{ minLength: 1, error: "must not be empty", stops: true }, { maxLength: 512 }],
                    },
                    language: {
                      is: "string",
                      checks: [{ pattern: /^[\s\S]{2}/u, error: "must have at least 2 characters" }, { maxLength: 20 }],
                    },
                    components: {
                      is: "array",
                      of: {
                        is: "object",
                        fields: {
                          type: type,
                          parameters: {
                            is: "array",
                            of: { is: "object", fields: { type: type, text: updatedAt } },
                            optional: true,
                          },
                        },
                      },
                      fallback: [],
                    },
                  },
                  rest: null,
                },
              },
            },
          },
          rest: null,
        },
      },
      checks: [
        {
          test: isSendableAddress,
          path: ["to"],
          error: "on WhatsApp, to must be a phone number in E.164 form, such as +971500000000",
        },
      ],
    },
    answer: {
      is: "object",
      fields: {
        id: anyString,
        conversationId: id,
        platform: channel2,
        to: updatedAt,
        type: anyString,
        direction: direction,
        status: status,
        failureReason: firstName,
        content: firstName,
        metadata: metadata,
        createdAt: anyString,
        templateWindowStatus: {
          is: "object",
          fields: { open: anyBoolean, lastInboundAt: nextCursor, expiredAt: nextCursor, requiresTemplate: anyBoolean },
          optional: true,
        },
        requestId: anyString,
        timestamp: anyString,
      },
    },
  },
  listConversations: {
    method: "GET",
    path: "/conversations",
    scope: "read:messages",
    extension: {
      what: "conversation list",
      advice: "Give the conversation's id yourself: platform:address, such as whatsapp:+971500000000.",
    },
    query: {
      is: "object",
      fields: {
        status: { is: "choice", values: ["open", "assigned", "resolved"], optional: true },
        platform: channel2,
        limit: limit,
        cursor: cursor,
      },
      rest: null,
    },
    answer: {
      is: "object",
      fields: {
        data: {
          is: "array",
          of: {
            is: "object",
            fields: {
              id: id,
              platform: platform,
              contactId: anyString,
              status: { is: "choice", values: ["open", "assigned", "resolved"] },
              assignee: {
                is: "object",
                fields: { id: anyString, name: anyString, email: firstName },
                optional: true,
                nullable: true,
              },
              createdAt: anyString,
              updatedAt: anyString,
              resolvedAt: firstName,
              lastMessageAt: firstName,
              lastInboundAt: firstName,
              contactName: firstName,
              lastMessage: {
                is: "object",
                fields: {
                  id: anyString,
                  direction: direction,
                  type: anyString,
                  content: firstName,
                  status: status,
                  createdAt: anyString,
                },
                optional: true,
                nullable: true,
              },
            },
          },
        },
        nextCursor: nextCursor,
        requestId: anyString,
        timestamp: anyString,
      },
    },
  },
  listMessages: {
    method: "GET",
    path: "/conversations/{conversationId}/messages",
    scope: "read:messages",
    query: {
      is: "object",
      fields: {
        limit: limit,
        before: { is: "string", checks: [{ findProblem: findQueryInstantProblem }], optional: true },
      },
      rest: null,
    },
    answer: {
      is: "object",
      fields: {
        data: {
          is: "array",
          of: {
            is: "object",
            fields: {
              id: anyString,
              conversationId: id,
              platform: channel2,
              to: updatedAt,
              type: anyString,
              direction: direction,
              status: status,
              failureReason: firstName,
              content: firstName,
              metadata: metadata,
              createdAt: anyString,
            },
          },
        },
        requestId: anyString,
        timestamp: anyString,
        nextBefore: nextCursor,
      },
    },
  },
  createWebhook: {
    method: "POST",
    path: "/webhooks",
    scope: "write:webhooks",
    body: {
      is: "object",
      fields: {
        url: { is: "string", checks: [{ findProblem: findUrlProblem }, { maxLength: 2048 }] },
        events: {
          is: "array",
          of: {
            is: "choice",
            values: [
              "message.created",
              "message.updated",
              "conversation.assigned",
              "conversation.resolved",
              "contact.created",
              "contact.updated",
            ],
          },
          checks: [{ minLength: 1, error: "name at least one event" }, { change: removeDuplicates }],
        },
        secret: {
          is: "string",
          checks: [{ minLength: 1, error: "must not be empty", stops: true }, { maxLength: 256 }],
          optional: true,
        },
      },
      rest: null,
    },
    answer: {
      is: "object",
      fields: {
        id: id,
        url: anyString,
        events: tags,
        status: status2,
        createdAt: updatedAt,
        secret: updatedAt,
        requestId: anyString,
        timestamp: anyString,
      },
    },
  },
  listWebhooks: {
    method: "GET",
    path: "/webhooks",
    scope: "read:webhooks",
    answer: {
      is: "object",
      fields: {
        data: {
          is: "array",
          of: {
            is: "object",
            fields: {
              id: id,
              url: anyString,
              events: tags,
              status: status2,
              createdAt: updatedAt,
              stats: {
                is: "object",
                fields: {
                  delivered: messageCount,
                  failed: messageCount,
                  pending: messageCount,
                  retried: messageCount,
                  lastDeliveryAt: nextCursor,
                  lastStatusCode: {
                    is: "number",
                    checks: [{ int: true, stops: true }, { min: -9007199254740991 }, { max: 9007199254740991 }],
                    nullable: true,
                  },
                },
                optional: true,
              },
            },
          },
        },
        requestId: anyString,
        timestamp: anyString,
      },
    },
  },
  deleteWebhook: {
    method: "DELETE",
    path: "/webhooks/{id}",
    scope: "write:webhooks",
    answer: { is: "object", fields: { id: id, deleted: anyBoolean, requestId: anyString, timestamp: anyString } },
  },
  getAccount: {
    method: "GET",
    path: "/me",
    scope: null,
    extension: {
      what: "account lookup",
      advice: "Test the key with GET /webhooks instead: 200 and 403 both prove it.",
    },
    answer: {
      is: "object",
      fields: {
        org: { is: "object", fields: { id: anyString, name: anyString } },
        keyPrefix: anyString,
        scopes: tags,
        rateLimit: {
          is: "object",
          fields: { limit: messageCount, remaining: messageCount, resetAt: anyString },
          optional: true,
        },
        requestId: anyString,
        timestamp: anyString,
      },
    },
  },
  listTemplates: {
    method: "GET",
    path: "/templates",
    scope: "read:messages",
    extension: {
      what: "template list",
      advice: "Write the template's name and language yourself, as WhatsApp Manager shows them.",
    },
    query: { is: "object", fields: { platform: channel2 }, rest: null },
    answer: {
      is: "object",
      fields: {
        data: {
          is: "array",
          of: {
            is: "object",
            fields: {
              name: anyString,
              language: anyString,
              status: anyString,
              platform: channel2,
              category: updatedAt,
              components: { is: "array", of: { is: "object", fields: { type: anyString, text: updatedAt } } },
            },
          },
        },
        requestId: anyString,
        timestamp: anyString,
      },
    },
  },
} as const satisfies Record<string, ClientEndpoint>;

export type EndpointName = keyof typeof endpoints;

/** The status that belongs to each error code. */
export const errorStatuses: Readonly<Record<string, number>> = {
  validation_failed: 400,
  outside_messaging_window: 400,
  template_rejected: 400,
  invalid_api_key: 401,
  insufficient_scope: 403,
  not_found: 404,
  unknown_endpoint: 404,
  method_not_allowed: 405,
  duplicate: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};
