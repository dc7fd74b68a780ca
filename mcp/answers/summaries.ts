/**
 * What an agent is shown of each object: a line of text and the data, which say the same. A concise summary
 * carries what one acts on, a full one everything the API answered, its unknown fields too.
 */
import {
  type Contact,
  type ContactActivity,
  type Conversation,
  calculateWindowEnd,
  describeNeed,
  findTemplateBody,
  isWindowOpen,
  listTemplateSlots,
  type Message,
  parseConversationId,
  type Template,
  type Webhook,
} from "../../src/api/index.ts";
import { listValueForms } from "../tools/template-values.ts";
import type { Formatter } from "./formatter.ts";

export type Data = Record<string, unknown>;
export type Summary = { line: string; data: Data };

/** Without what says nothing: null and undefined, empty lists and maps. */
export function omitEmpty(data: Data): Data {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([, value]) =>
        value !== null && value !== undefined && !(typeof value === "object" && Object.keys(value).length === 0),
    ),
  );
}

function joinParts(...parts: (string | false | null | undefined)[]) {
  return parts.filter(Boolean).join(", ");
}

const maxTags = 5;
const maxProperties = 6;

/** A contact's fields; names, tags and properties are the customer's or a form's words. */
export function summarizeContact(
  contact: Contact & { activity?: ContactActivity | undefined },
  format: Formatter,
): Summary {
  const whole = format.detail === "full";
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? format.field(value) : undefined);
  const tags = (Array.isArray(contact.tags) ? contact.tags : []).map(String);
  const properties = Object.entries(contact.properties ?? {});
  const shownTags = tags.slice(0, whole ? 100 : maxTags).map((tag) => format.field(tag));
  const shownProperties = properties.slice(0, whole ? 100 : maxProperties);
  const data = omitEmpty({
    ...(whole && (format.json(contact) as Data)),
    id: format.id(contact.id),
    firstName: text(contact.firstName),
    lastName: text(contact.lastName),
    phone: contact.phone ? format.id(contact.phone) : undefined,
    email: contact.email ? format.id(contact.email) : undefined,
    channel: text(contact.channel),
    tags: format.extras ? shownTags : [],
    properties: format.extras
      ? Object.fromEntries(shownProperties.map(([key, value]) => [format.field(key), format.json(value)]))
      : {},
    moreTags: format.extras && tags.length > shownTags.length ? tags.length - shownTags.length : undefined,
    moreProperties:
      format.extras && properties.length > shownProperties.length
        ? properties.length - shownProperties.length
        : undefined,
  });
  const name = [data.firstName, data.lastName].filter(Boolean).join(" ");
  const shown = Object.entries((data.properties ?? {}) as Data).map(([key, value]) => `${key} ${String(value)}`);
  return {
    data,
    line: joinParts(
      String(data.id),
      name,
      data.phone as string,
      data.email as string,
      data.channel !== undefined && `from ${data.channel}`,
      data.tags !== undefined && `tags: ${shownTags.join(" | ")}${data.moreTags ? ` and ${data.moreTags} more` : ""}`,
      shown.length > 0 &&
        `properties: ${shown.join(" | ")}${data.moreProperties ? ` and ${data.moreProperties} more` : ""}`,
    ),
  };
}

/** WhatsApp's window, as far as the last inbound message tells. */
export function calculateWindow(
  conversationId: string,
  lastInboundAt: string | null | undefined,
  now: number,
): Data | null {
  if (parseConversationId(conversationId)?.platform !== "whatsapp") return null;
  const last = lastInboundAt ? Date.parse(lastInboundAt) : Number.NaN;
  if (Number.isNaN(last)) return null;
  return { open: isWindowOpen(last, now), expiresAt: new Date(calculateWindowEnd(last)).toISOString() };
}

export function describeWindow(window: Data | null): string | null {
  return window === null
    ? null
    : window.open
      ? `WhatsApp window open until ${window.expiresAt}`
      : `WhatsApp window closed since ${window.expiresAt} (only a template can be sent)`;
}

export function summarizeConversation(conversation: Conversation, format: Formatter): Summary {
  const window = calculateWindow(conversation.id, conversation.lastInboundAt, format.now);
  const assignee = conversation.assignee ? format.field(String(conversation.assignee.name)) : undefined;
  const data = omitEmpty({
    ...(format.detail === "full" && (format.json(conversation) as Data)),
    id: format.id(conversation.id),
    platform: format.field(String(conversation.platform)),
    contactId: format.id(conversation.contactId),
    status: format.field(String(conversation.status)),
    assignee: assignee && { id: format.id(conversation.assignee?.id), name: assignee },
    updatedAt: format.id(conversation.updatedAt),
    lastMessageAt: conversation.lastMessageAt && format.id(conversation.lastMessageAt),
    lastInboundAt: conversation.lastInboundAt && format.id(conversation.lastInboundAt),
    window,
  });
  return {
    data,
    line: joinParts(
      String(data.id),
      `${data.status}${assignee ? ` to ${assignee}` : ""}`,
      `contact ${data.contactId}`,
      data.lastMessageAt ? `last message ${data.lastMessageAt}` : `updated ${data.updatedAt}`,
      describeWindow(window),
    ),
  };
}

/** The call that gives one message whole. */
function describeFullMessageCall({ conversationId, createdAt }: Message, format: Formatter): string {
  const after = new Date(Date.parse(createdAt) + 1);
  const before = Number.isNaN(after.getTime()) ? "" : ` before=${after.toISOString()}`;
  return `list_messages conversationId=${format.id(conversationId)}${before} limit=1 detail=full`;
}

export function summarizeMessage(message: Message, format: Formatter): Summary {
  const inbound = message.direction !== "outbound";
  const text = message.content ?? null;
  const rest = text === null ? "" : describeFullMessageCall(message, format);
  const content = text === null ? undefined : inbound ? format.customerText(text, rest) : format.orgText(text, rest);
  const template = message.metadata?.template as { name?: unknown; language?: unknown } | undefined;
  const data = omitEmpty({
    ...(format.detail === "full" && (format.json(message) as Data)),
    id: format.id(message.id),
    direction: inbound ? "inbound" : "outbound",
    type: format.field(String(message.type)),
    status: message.status && format.field(String(message.status)),
    failureReason: message.failureReason && format.field(String(message.failureReason)),
    template: typeof template?.name === "string" ? format.field(template.name) : undefined,
    content,
    createdAt: format.id(message.createdAt),
  });
  return {
    data,
    line: [
      `${data.createdAt} ${data.direction} ${data.type}`,
      data.template !== undefined && `${data.template}`,
      data.status !== undefined && `(${data.status}${data.failureReason ? `: ${data.failureReason}` : ""})`,
      `${data.id}:`,
      // Quoted, so that the org's own text cannot look like another line of the list either.
      content === undefined ? "(no text)" : inbound ? content : JSON.stringify(content),
    ]
      .filter(Boolean)
      .join(" "),
  };
}

export function summarizeTemplate(template: Template & { variables: string[] }, format: Formatter): Summary {
  const body = findTemplateBody(template);
  const data = omitEmpty({
    ...(format.detail === "full" && (format.json(template) as Data)),
    name: format.field(String(template.name)),
    language: format.field(String(template.language)),
    status: format.field(String(template.status)),
    category: template.category && format.field(String(template.category)),
    text: body === undefined ? undefined : format.orgText(body, "list_templates detail=full"),
  });
  const variables = template.variables.map((name) => format.field(name));
  const isNamed = template.variables.some((name) => !/^\d+$/.test(name));
  const components = listTemplateSlots(template).filter(({ part }) => part !== "body" || isNamed);
  const forms = components.flatMap(listValueForms).map((form) => format.field(form));
  return {
    data: { ...data, variables, ...(forms.length > 0 && { components: forms }) },
    line: joinParts(
      `${data.name} (${data.language}, ${data.status})`,
      variables.length === 0 || isNamed ? "no parameters" : `parameters in order: ${variables.join(" ")}`,
      components.length > 0 &&
        `components: ${components.map(describeNeed).join(", ")}, written as ${forms.join(" and ")}`,
      data.text !== undefined && JSON.stringify(data.text),
    ),
  };
}

export function summarizeWebhook(webhook: Webhook, format: Formatter): Summary {
  const { stats } = webhook;
  const url = format.orgText(webhook.url, "OnSync: Settings, API & Webhooks");
  const events = (Array.isArray(webhook.events) ? webhook.events : []).map((event) => format.field(String(event)));
  const data = omitEmpty({
    id: format.id(webhook.id),
    url,
    events,
    status: webhook.status && format.field(String(webhook.status)),
    createdAt: webhook.createdAt && format.id(webhook.createdAt),
    stats: stats && format.json(stats),
  });
  return {
    data,
    line: joinParts(
      String(data.id),
      (data.status as string) ?? null,
      JSON.stringify(url),
      `events ${events.join(" ")}`,
      stats &&
        `${stats.delivered} delivered, ${stats.failed} failed, ${stats.pending} pending${stats.lastStatusCode ? `, last answer ${stats.lastStatusCode}` : ""}`,
    ),
  };
}
