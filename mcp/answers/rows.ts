/**
 * What an agent is shown of each object: a line of text and the data, which say the same. Concise rows carry what one
 * acts on; full rows carry everything the API answered, its unknown fields too.
 */
import {
  type Contact,
  type ContactActivity,
  type Conversation,
  type Message,
  messagingWindowMs,
  parseConversationId,
  type Template,
  type Webhook,
} from "../../src/api/index.ts";
import type { View } from "./view.ts";

export type Data = Record<string, unknown>;
export type Row = { line: string; data: Data };

/** Without what says nothing: null and undefined, empty lists and maps. */
export function filled(data: Data): Data {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([, value]) =>
        value !== null && value !== undefined && !(typeof value === "object" && Object.keys(value).length === 0),
    ),
  );
}

function words(...parts: (string | false | null | undefined)[]) {
  return parts.filter(Boolean).join(", ");
}

const mostTags = 5;
const mostProperties = 6;

/** A contact's fields; names, tags and properties are the customer's or a form's words. */
export function contactRow(contact: Contact & { activity?: ContactActivity | undefined }, view: View): Row {
  const whole = view.detail === "full";
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? view.field(value) : undefined);
  const tags = (Array.isArray(contact.tags) ? contact.tags : []).map(String);
  const properties = Object.entries(contact.properties ?? {});
  const shownTags = tags.slice(0, whole ? 100 : mostTags).map((tag) => view.field(tag));
  const shownProperties = properties.slice(0, whole ? 100 : mostProperties);
  const data = filled({
    ...(whole && (view.json(contact) as Data)),
    id: view.id(contact.id),
    firstName: text(contact.firstName),
    lastName: text(contact.lastName),
    phone: contact.phone ? view.id(contact.phone) : undefined,
    email: contact.email ? view.id(contact.email) : undefined,
    channel: text(contact.channel),
    tags: view.extras ? shownTags : [],
    properties: view.extras
      ? Object.fromEntries(shownProperties.map(([key, value]) => [view.field(key), view.json(value)]))
      : {},
    moreTags: view.extras && tags.length > shownTags.length ? tags.length - shownTags.length : undefined,
    moreProperties:
      view.extras && properties.length > shownProperties.length
        ? properties.length - shownProperties.length
        : undefined,
  });
  const name = [data.firstName, data.lastName].filter(Boolean).join(" ");
  const shown = Object.entries((data.properties ?? {}) as Data).map(([key, value]) => `${key} ${String(value)}`);
  return {
    data,
    line: words(
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
export function windowOf(conversationId: string, lastInboundAt: string | null | undefined, now: number): Data | null {
  if (parseConversationId(conversationId)?.platform !== "whatsapp") return null;
  const last = lastInboundAt ? Date.parse(lastInboundAt) : Number.NaN;
  if (Number.isNaN(last)) return null;
  const expires = last + messagingWindowMs;
  return { open: now < expires, expiresAt: new Date(expires).toISOString() };
}

export function windowText(window: Data | null): string | null {
  return window === null
    ? null
    : window.open
      ? `WhatsApp window open until ${window.expiresAt}`
      : `WhatsApp window closed since ${window.expiresAt} (only a template can be sent)`;
}

export function conversationRow(conversation: Conversation, view: View): Row {
  const window = windowOf(conversation.id, conversation.lastInboundAt, view.now);
  const assignee = conversation.assignee ? view.field(String(conversation.assignee.name)) : undefined;
  const data = filled({
    ...(view.detail === "full" && (view.json(conversation) as Data)),
    id: view.id(conversation.id),
    platform: view.field(String(conversation.platform)),
    contactId: view.id(conversation.contactId),
    status: view.field(String(conversation.status)),
    assignee: assignee && { id: view.id(conversation.assignee?.id), name: assignee },
    updatedAt: view.id(conversation.updatedAt),
    lastMessageAt: conversation.lastMessageAt && view.id(conversation.lastMessageAt),
    lastInboundAt: conversation.lastInboundAt && view.id(conversation.lastInboundAt),
    window,
  });
  return {
    data,
    line: words(
      String(data.id),
      `${data.status}${assignee ? ` to ${assignee}` : ""}`,
      `contact ${data.contactId}`,
      data.lastMessageAt ? `last message ${data.lastMessageAt}` : `updated ${data.updatedAt}`,
      windowText(window),
    ),
  };
}

/** The call that gives one message whole. */
function wholeMessage({ conversationId, createdAt }: Message, view: View): string {
  const after = new Date(Date.parse(createdAt) + 1);
  const before = Number.isNaN(after.getTime()) ? "" : ` before=${after.toISOString()}`;
  return `list_messages conversationId=${view.id(conversationId)}${before} limit=1 detail=full`;
}

export function messageRow(message: Message, view: View): Row {
  const inbound = message.direction !== "outbound";
  const text = message.content ?? null;
  const rest = text === null ? "" : wholeMessage(message, view);
  const content = text === null ? undefined : inbound ? view.customer(text, rest) : view.own(text, rest);
  const template = message.metadata?.template as { name?: unknown; language?: unknown } | undefined;
  const data = filled({
    ...(view.detail === "full" && (view.json(message) as Data)),
    id: view.id(message.id),
    direction: inbound ? "inbound" : "outbound",
    type: view.field(String(message.type)),
    status: message.status && view.field(String(message.status)),
    failureReason: message.failureReason && view.field(String(message.failureReason)),
    template: typeof template?.name === "string" ? view.field(template.name) : undefined,
    content,
    createdAt: view.id(message.createdAt),
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

export function templateRow(template: Template & { variables: string[] }, view: View): Row {
  const body = template.components?.find(({ type }) => type?.toLowerCase() === "body")?.text;
  const data = filled({
    ...(view.detail === "full" && (view.json(template) as Data)),
    name: view.field(String(template.name)),
    language: view.field(String(template.language)),
    status: view.field(String(template.status)),
    category: template.category && view.field(String(template.category)),
    text: body === undefined ? undefined : view.own(body, "list_templates detail=full"),
  });
  const variables = template.variables.map((name) => view.field(name));
  return {
    data: { ...data, variables },
    line: words(
      `${data.name} (${data.language}, ${data.status})`,
      variables.length > 0 ? `parameters in order: ${variables.join(" ")}` : "no parameters",
      data.text !== undefined && JSON.stringify(data.text),
    ),
  };
}

export function webhookRow(webhook: Webhook, view: View): Row {
  const { stats } = webhook;
  const url = view.own(webhook.url, "OnSync: Settings, API & Webhooks");
  const events = (Array.isArray(webhook.events) ? webhook.events : []).map((event) => view.field(String(event)));
  const data = filled({
    id: view.id(webhook.id),
    url,
    events,
    status: webhook.status && view.field(String(webhook.status)),
    createdAt: webhook.createdAt && view.id(webhook.createdAt),
    stats: stats && view.json(stats),
  });
  return {
    data,
    line: words(
      String(data.id),
      (data.status as string) ?? null,
      JSON.stringify(url),
      `events ${events.join(" ")}`,
      stats &&
        `${stats.delivered} delivered, ${stats.failed} failed, ${stats.pending} pending${stats.lastStatusCode ? `, last answer ${stats.lastStatusCode}` : ""}`,
    ),
  };
}
