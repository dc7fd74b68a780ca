/**
 * What an agent is shown of each object: a line of text and the data, which say the same. A concise summary
 * carries what one acts on, a full one everything the API answered, its unknown fields too.
 */
import {
  type Contact,
  type ContactActivity,
  type Conversation,
  describeNeed,
  findTemplateBody,
  type ListedConversation,
  listTemplateSlots,
  type Message,
  type Template,
  type Webhook,
} from "../../src/api/index.ts";
import { listValueForms } from "../tools/template-values.ts";
import { toDistinctKeys } from "./format-json.ts";
import type { Formatter } from "./formatter.ts";
import { calculateWindow, describeWindow } from "./window.ts";

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

/** A contact's fields; names, tags and properties are the customer's or a form's words. */
export function summarizeContact(
  contact: Contact & { activity?: ContactActivity | undefined },
  format: Formatter,
): Summary {
  const whole = format.detail === "full";
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? format.field(value) : undefined);
  const tags = format.take((Array.isArray(contact.tags) ? contact.tags : []).map(String), format.limits.tags);
  const properties = format.take(Object.entries(contact.properties ?? {}), format.limits.properties);
  const shownTags = tags.shown.map((tag) => format.field(tag));
  const keys = toDistinctKeys(properties.shown.map(([key]) => format.key(key)));
  const { tags: _tags, properties: _properties, activity: _activity, ...rest } = contact;
  const data = omitEmpty({
    ...(whole && (format.json(rest) as Data)),
    id: format.id(contact.id),
    firstName: text(contact.firstName),
    lastName: text(contact.lastName),
    phone: contact.phone ? format.address(contact.phone) : undefined,
    email: contact.email ? format.address(contact.email) : undefined,
    channel: text(contact.channel),
    tags: shownTags,
    moreTags: tags.more || undefined,
    properties: Object.fromEntries(properties.shown.map(([, value], index) => [keys[index], format.json(value)])),
    moreProperties: properties.more || undefined,
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
      describeList("tags", shownTags, tags.more),
      describeList("properties", shown, properties.more),
    ),
  };
}

function describeList(noun: string, shown: readonly string[], more: number): string {
  if (shown.length === 0) return more > 0 ? `${noun}: ${more} not shown` : "";
  return `${noun}: ${shown.join(" | ")}${more > 0 ? ` and ${more} more not shown` : ""}`;
}

/** What a list shows of a conversation's last message: enough to know what it is about. */
const maxExcerpt = 160;

/** Whose words they were, and the beginning of them; a customer's stand in the fence. */
function excerptLastMessage({ lastMessage }: Partial<ListedConversation>, format: Formatter): Data | undefined {
  if (typeof lastMessage !== "object" || lastMessage === null) return undefined;
  const { content, direction, status, type } = lastMessage;
  const inbound = direction !== "outbound";
  const characters = typeof content === "string" ? [...content] : [];
  const excerpt = characters.slice(0, maxExcerpt).join("");
  // What we sent may repeat a customer's words, so it stands in the fence as well.
  const text = format.customerText(excerpt, "list_messages");
  return omitEmpty({
    direction: inbound ? "inbound" : "outbound",
    content: content ? `${text}${characters.length > maxExcerpt ? "..." : ""}` : `(${format.field(String(type))})`,
    status: inbound ? undefined : status && format.field(String(status)),
  });
}

/** Who wrote last, and since when a customer waits, in a few words. */
function describeLastMessage(last: Data | undefined, at: unknown): string | undefined {
  if (last === undefined) return undefined;
  const who = last.direction === "inbound" ? "customer" : `us${last.status ? ` (${last.status})` : ""}`;
  return `${at ? `${at} ` : ""}${who}: ${last.content}`;
}

export function summarizeConversation(
  conversation: Conversation & Partial<Pick<ListedConversation, "contactName" | "lastMessage">>,
  format: Formatter,
): Summary {
  const whole = format.detail === "full";
  const window = calculateWindow(conversation.id, conversation.lastInboundAt, format.now);
  const assignee = conversation.assignee ? format.name(String(conversation.assignee.name)) : undefined;
  const name = typeof conversation.contactName === "string" ? format.field(conversation.contactName) : undefined;
  const last = excerptLastMessage(conversation as Partial<ListedConversation>, format);
  // Told by the last message already.
  const isInboundLast = last?.direction === "inbound" && conversation.lastInboundAt === conversation.lastMessageAt;
  const data = omitEmpty({
    ...(whole && (format.json(conversation) as Data)),
    id: format.address(conversation.id),
    contactName: name,
    lastMessage: last,
    platform: whole ? format.name(String(conversation.platform)) : undefined,
    contactId: format.id(conversation.contactId),
    status: format.dense && assignee ? undefined : format.name(String(conversation.status)),
    assignee: assignee && { ...(whole && { id: format.id(conversation.assignee?.id) }), name: assignee },
    updatedAt: whole || !conversation.lastMessageAt ? format.id(conversation.updatedAt) : undefined,
    lastMessageAt: conversation.lastMessageAt && format.id(conversation.lastMessageAt),
    lastInboundAt:
      !(format.dense && isInboundLast) && conversation.lastInboundAt
        ? format.id(conversation.lastInboundAt)
        : undefined,
    window: format.dense && window ? { open: window.open } : window,
  });
  return {
    data,
    line: joinParts(
      String(data.id),
      name,
      `${format.name(String(conversation.status))}${assignee ? ` to ${assignee}` : ""}`,
      // The id of a conversation on WhatsApp is the phone, by which a contact is named as well.
      !(format.dense && data.id === conversation.id && conversation.platform === "whatsapp") &&
        `contact ${data.contactId}`,
      describeLastMessage(last, data.lastMessageAt) ??
        (data.lastMessageAt ? `last message ${data.lastMessageAt}` : `updated ${data.updatedAt}`),
      format.dense && window ? `window ${window.open ? "open" : "closed"}` : describeWindow(window),
    ),
  };
}

/** The call that gives one message whole. */
function describeFullMessageCall({ conversationId, createdAt }: Message, format: Formatter): string {
  const after = new Date(Date.parse(createdAt) + 1);
  const before = Number.isNaN(after.getTime()) ? "" : ` before=${after.toISOString()}`;
  return `list_messages conversationId=${format.address(conversationId)}${before} limit=1 detail=full`;
}

export function summarizeMessage(message: Message, format: Formatter): Summary {
  const whole = format.detail === "full";
  const inbound = message.direction !== "outbound";
  const text = message.content ?? null;
  const rest = text === null ? "" : describeFullMessageCall(message, format);
  // What the org wrote may repeat what the customer did: an answer by itself, a variable of a template.
  const content = text === null ? undefined : format.customerText(text, rest);
  const template = message.metadata?.template as { name?: unknown; language?: unknown } | undefined;
  const data = omitEmpty({
    ...(whole && (format.json(message) as Data)),
    id: format.id(message.id),
    direction: inbound ? "inbound" : "outbound",
    // What is not said to be anything else is a text.
    type: whole || message.type !== "text" ? format.field(String(message.type)) : undefined,
    status: message.status && format.name(String(message.status)),
    failureReason: message.failureReason && format.field(String(message.failureReason)),
    template: typeof template?.name === "string" ? format.name(template.name) : undefined,
    content,
    createdAt: format.id(message.createdAt),
  });
  return {
    data,
    line: `${[
      `${data.createdAt} ${data.direction}`,
      data.type,
      data.template,
      data.status !== undefined && `(${data.status}${data.failureReason ? `: ${data.failureReason}` : ""})`,
      // What we sent is asked for by its id: whether it was delivered.
      !(format.dense && inbound) && data.id,
    ]
      .filter(Boolean)
      .join(" ")}: ${content ?? "(no text)"}`,
  };
}

export function summarizeTemplate(template: Template & { variables: string[] }, format: Formatter): Summary {
  const body = findTemplateBody(template);
  const data = omitEmpty({
    ...(format.detail === "full" && (format.json(template) as Data)),
    name: format.name(String(template.name)),
    language: format.name(String(template.language)),
    status: format.name(String(template.status)),
    category: template.category && format.name(String(template.category)),
    text: body === undefined ? undefined : format.orgText(body, "list_templates detail=full"),
  });
  const variables = template.variables.map((name) => format.name(name));
  const isNamed = template.variables.some((name) => !/^\d+$/.test(name));
  const components = listTemplateSlots(template).filter(({ part }) => part !== "body" || isNamed);
  const forms = components.flatMap(listValueForms).map((form) => format.name(form));
  return {
    data: { ...data, variables, ...(forms.length > 0 && { componentsToFill: forms }) },
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
  const url = format.url(webhook.url, "OnSync: Settings, API & Webhooks");
  const events = (Array.isArray(webhook.events) ? webhook.events : []).map((event) => format.name(String(event)));
  const data = omitEmpty({
    id: format.id(webhook.id),
    url,
    events,
    status: webhook.status && format.name(String(webhook.status)),
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
