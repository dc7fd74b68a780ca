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
const channel = {
  is: "choice",
  values: ["whatsapp", "instagram", "facebook", "telegram"],
  optional: true,
  nullable: true,
} as const satisfies Rule;
const propertiesValueKind = { is: "string", checks: [{ maxLength: 4096 }] } as const satisfies Rule;
const propertiesValue = {
  is: "union",
  of: [propertiesValueKind, { is: "number" }, { is: "boolean" }],
} as const satisfies Rule;
const properties = { is: "record", of: propertiesValue } as const satisfies Rule;
const saveContactAnswer = {
  is: "object",
  fields: {
    id: id,
    firstName: firstName,
    lastName: firstName,
    phone: firstName,
    email: firstName,
    tags: { is: "array", of: { is: "string" } },
    channel: channel,
    properties: properties,
    orgId: { is: "string" },
    createdAt: { is: "string" },
    updatedAt: { is: "string", optional: true },
    requestId: { is: "string" },
    timestamp: { is: "string" },
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
const metadata = { is: "record", of: { is: "unknown" }, optional: true } as const satisfies Rule;
const platform = { is: "choice", values: ["whatsapp", "instagram", "facebook", "telegram"] } as const satisfies Rule;
const to = {
  is: "string",
  checks: [
    { minLength: 1, error: "must not be empty", stops: true },
    { pattern: /\S/u, error: "must not be blank" },
    { maxLength: 256 },
  ],
} as const satisfies Rule;
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
          rest: { is: "union", of: [propertiesValueKind, propertiesValueKind2, { is: "boolean" }] },
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
              tags: { is: "array", of: { is: "string" } },
              channel: channel,
              properties: properties,
              orgId: { is: "string" },
              createdAt: { is: "string" },
              updatedAt: { is: "string", optional: true },
            },
          },
        },
        nextCursor: { is: "string", nullable: true },
        requestId: { is: "string" },
        timestamp: { is: "string" },
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
        tags: { is: "array", of: { is: "string" } },
        channel: channel,
        properties: properties,
        orgId: { is: "string" },
        createdAt: { is: "string" },
        updatedAt: { is: "string", optional: true },
        activity: {
          is: "object",
          fields: {
            lastMessageAt: { is: "string", nullable: true },
            lastInboundAt: { is: "string", nullable: true },
            lastOutboundAt: { is: "string", nullable: true },
            messageCount: messageCount,
            conversationIds: { is: "array", of: { is: "string" } },
          },
          optional: true,
        },
        requestId: { is: "string" },
        timestamp: { is: "string" },
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
          rest: { is: "union", of: [propertiesValueKind, propertiesValueKind2, { is: "boolean" }], nullable: true },
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
                          type: { is: "string", checks: [{ minLength: 1 }] },
                          parameters: {
                            is: "array",
                            of: {
                              is: "object",
                              fields: {
                                type: { is: "string", checks: [{ minLength: 1 }] },
                                text: { is: "string", optional: true },
                              },
                            },
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
        id: { is: "string" },
        conversationId: id,
        platform: channel2,
        to: { is: "string", optional: true },
        type: { is: "string" },
        direction: direction,
        status: status,
        failureReason: firstName,
        content: firstName,
        metadata: metadata,
        createdAt: { is: "string" },
        templateWindowStatus: {
          is: "object",
          fields: {
            open: { is: "boolean" },
            lastInboundAt: { is: "string", nullable: true },
            expiredAt: { is: "string", nullable: true },
            requiresTemplate: { is: "boolean" },
          },
          optional: true,
        },
        requestId: { is: "string" },
        timestamp: { is: "string" },
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
              contactId: { is: "string" },
              status: { is: "choice", values: ["open", "assigned", "resolved"] },
              assignee: {
                is: "object",
                fields: { id: { is: "string" }, name: { is: "string" }, email: firstName },
                optional: true,
                nullable: true,
              },
              createdAt: { is: "string" },
              updatedAt: { is: "string" },
              resolvedAt: firstName,
              lastMessageAt: firstName,
              lastInboundAt: firstName,
              contactName: firstName,
              lastMessage: {
                is: "object",
                fields: {
                  id: { is: "string" },
                  direction: direction,
                  type: { is: "string" },
                  content: firstName,
                  status: status,
                  createdAt: { is: "string" },
                },
                optional: true,
                nullable: true,
              },
            },
          },
        },
        nextCursor: { is: "string", nullable: true },
        requestId: { is: "string" },
        timestamp: { is: "string" },
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
              id: { is: "string" },
              conversationId: id,
              platform: channel2,
              to: { is: "string", optional: true },
              type: { is: "string" },
              direction: direction,
              status: status,
              failureReason: firstName,
              content: firstName,
              metadata: metadata,
              createdAt: { is: "string" },
            },
          },
        },
        requestId: { is: "string" },
        timestamp: { is: "string" },
        nextBefore: { is: "string", nullable: true },
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
        url: { is: "string" },
        events: { is: "array", of: { is: "string" } },
        status: status2,
        createdAt: { is: "string", optional: true },
        secret: { is: "string", optional: true },
        requestId: { is: "string" },
        timestamp: { is: "string" },
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
              url: { is: "string" },
              events: { is: "array", of: { is: "string" } },
              status: status2,
              createdAt: { is: "string", optional: true },
              stats: {
                is: "object",
                fields: {
                  delivered: messageCount,
                  failed: messageCount,
                  pending: messageCount,
                  retried: messageCount,
                  lastDeliveryAt: { is: "string", nullable: true },
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
        requestId: { is: "string" },
        timestamp: { is: "string" },
      },
    },
  },
  deleteWebhook: {
    method: "DELETE",
    path: "/webhooks/{id}",
    scope: "write:webhooks",
    answer: {
      is: "object",
      fields: { id: id, deleted: { is: "boolean" }, requestId: { is: "string" }, timestamp: { is: "string" } },
    },
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
        org: { is: "object", fields: { id: { is: "string" }, name: { is: "string" } } },
        keyPrefix: { is: "string" },
        scopes: { is: "array", of: { is: "string" } },
        rateLimit: {
          is: "object",
          fields: { limit: messageCount, remaining: messageCount, resetAt: { is: "string" } },
          optional: true,
        },
        requestId: { is: "string" },
        timestamp: { is: "string" },
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
              name: { is: "string" },
              language: { is: "string" },
              status: { is: "string" },
              platform: channel2,
              category: { is: "string", optional: true },
              components: {
                is: "array",
                of: { is: "object", fields: { type: { is: "string" }, text: { is: "string", optional: true } } },
              },
            },
          },
        },
        requestId: { is: "string" },
        timestamp: { is: "string" },
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
