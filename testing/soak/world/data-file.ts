/** The API's data file: one that the previous version left, and what is in it in the end, both by plain SQL. */
import { DatabaseSync } from "node:sqlite";
import { listKeptFiles, unpackFile } from "../../formats/kept-files.ts";
import type { Stored, StoredContact, StoredMessage } from "../evidence.ts";

export type KeptData = { format: number; ids: string[] };

const eventTypes = [
  "message.created",
  "message.updated",
  "conversation.assigned",
  "conversation.resolved",
  "contact.created",
  "contact.updated",
];

/**
 * Puts a data file of the previous format where the API is started on it, with deliveries that wait: its endpoint is made to be
 * the soak's, or the first thing to happen would be a call to a stranger.
 */
export function layDataFile(file: string, endpoint: { url: string; secret: string }): KeptData {
  const [previous] = listKeptFiles()
    .filter(({ kind }) => kind === "reference")
    .sort((one, other) => other.format - one.format)
    .slice(1);
  if (!previous) throw new Error("testing/formats/files has no data file of a previous format");
  unpackFile(previous, file);
  const sql = new DatabaseSync(file);
  try {
    sql
      .prepare("UPDATE webhooks SET url = ?, secret = ?, events = ?")
      .run(endpoint.url, endpoint.secret, JSON.stringify(eventTypes));
    const rows = sql.prepare("SELECT id FROM messages UNION ALL SELECT id FROM contacts").all();
    return { format: previous.format, ids: rows.map(({ id }) => String(id)) };
  } finally {
    sql.close();
  }
}

const messages = `
SELECT messages.id, conversations.id AS conversationId, platform, address, direction, recipient, messages.status, content,
  json_extract(metadata, '$.clientReference') AS reference, json_extract(metadata, '$.source') AS source
FROM messages JOIN conversations ON conversations.seq = conversation ORDER BY messages.seq`;

const contacts = `
SELECT contacts.id, phone, first_name AS firstName, last_name AS lastName, external_id AS externalId, tags,
  org_id = (SELECT value FROM settings WHERE name = 'default_org') AS isExported
FROM contacts`;

/** Deliveries that are not done, and the event of each. */
const openDeliveries = "SELECT id, status FROM deliveries WHERE status <> 'delivered'";

export function readStored(file: string, { ids }: KeptData): Stored {
  const sql = new DatabaseSync(file, { readOnly: true });
  try {
    const all = <Found>(text: string) => sql.prepare(text).all() as unknown as Found[];
    return {
      messages: all<StoredMessage>(messages),
      contacts: all<StoredContact & { tags: unknown }>(contacts).map((row) => ({
        ...row,
        ...{ tags: JSON.parse(String(row.tags)) as string[], isExported: Boolean(row.isExported) },
      })),
      conversations: all<{ id: string }>("SELECT id FROM conversations"),
      events: all<{ id: string; status: string }>("SELECT event_id AS id, status FROM deliveries ORDER BY seq"),
      keptIds: ids,
    };
  } finally {
    sql.close();
  }
}

/** While the API runs: what it still has to deliver. */
export function readOpenDeliveries(file: string): { id: string; status: string }[] {
  const sql = new DatabaseSync(file, { readOnly: true });
  try {
    return sql.prepare(openDeliveries).all() as { id: string; status: string }[];
  } finally {
    sql.close();
  }
}
