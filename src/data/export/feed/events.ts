/** What the events of a page of the log tell of a table. */
import type { Event, EventType } from "../../../api/index.ts";
import { parseInstant } from "../../../client/wire/instant.ts";
import type { LogPage } from "../../../webhooks/store/store.ts";
import { readStoredEvent } from "../../../webhooks/store/stored-body.ts";
import { type ExportRow, type TableName, toRow } from "../records.ts";

/** Those that tell of its rows, or name conversations that have some. */
export const eventTypes: Readonly<Record<TableName, readonly EventType[]>> = {
  contacts: ["contact.created", "contact.updated"],
  messages: ["message.created", "message.updated", "conversation.assigned", "conversation.resolved"],
  conversations: ["conversation.assigned", "conversation.resolved"],
};

const typePrefix: Readonly<Record<TableName, string>> = {
  contacts: "contact.",
  messages: "message.",
  conversations: "conversation.",
};

export type PageContent = {
  rows: ExportRow[];
  /** Events whose record has no key. */
  unknown: number;
  /** Whether an event cannot be read: what it told of has to be read again. */
  isBroken: boolean;
  conversationIds: string[];
  /** How late the latest of them was created, in milliseconds since 1970; `null` where there is none. */
  newest: number | null;
};

function findConversation({ type, data }: Event): string | null {
  const { conversationId, id } = data as { conversationId?: unknown; id?: unknown };
  const found = type.startsWith("conversation.") ? id : conversationId;
  return typeof found === "string" && found !== "" ? found : null;
}

/** @param isOurs whether an event is of the export's org: one receiver may serve several */
export function readEvents(
  page: Pick<LogPage, "events">,
  table: TableName,
  isOurs: (event: Event) => boolean,
): PageContent {
  const content: PageContent = { rows: [], unknown: 0, isBroken: false, conversationIds: [], newest: null };
  for (const { body } of page.events) {
    const event = readStoredEvent(body);
    if (event === null) content.isBroken = true;
    else if (isOurs(event)) addEvent(content, table, event);
  }
  return content;
}

function addEvent(content: PageContent, table: TableName, event: Event): void {
  const created = parseInstant(event.createdAt);
  if (!Number.isNaN(created)) content.newest = Math.max(content.newest ?? created, created);
  const conversation = findConversation(event);
  if (conversation !== null) content.conversationIds.push(conversation);
  if (!event.type.startsWith(typePrefix[table])) return;
  const row = toRow(table, event.data);
  if (row) content.rows.push(row);
  else content.unknown += 1;
}
