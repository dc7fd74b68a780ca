/** Messages. Two of one conversation never have the same createdAt: a unique index says so. */

import type { Message, Metadata } from "../../src/api/index.ts";
import { parseKeptJson } from "../../src/file-failure.ts";
import type { Database } from "./database.ts";

export type StoredMessage = {
  id: string;
  /** `seq` of the conversation. */
  conversation: number;
  type: string;
  direction: Message["direction"];
  /** Where an outbound message goes. */
  to: string | null;
  status: Message["status"] | null;
  failureReason: string | null;
  content: string | null;
  metadata: Metadata;
  createdAt: number;
};

type MessageRow = {
  id: string;
  conversation: number;
  type: string;
  direction: Message["direction"];
  recipient: string | null;
  status: Message["status"] | null;
  failure_reason: string | null;
  content: string | null;
  metadata: string;
  created_at: number;
};

function toMessage(row: MessageRow): StoredMessage {
  return {
    id: row.id,
    conversation: row.conversation,
    type: row.type,
    direction: row.direction,
    to: row.recipient,
    status: row.status,
    failureReason: row.failure_reason,
    content: row.content,
    metadata: parseKeptJson<Metadata>(row.metadata),
    createdAt: row.created_at,
  };
}

/** The conversation's org and id, for a message that is looked up by its own id. */
export type MessageHome = { orgId: string; conversationId: string; platform: string };

export const historySql =
  "SELECT * FROM messages WHERE conversation = ? AND created_at < ? ORDER BY created_at DESC LIMIT ? + 0";

export function createMessagesTable({ sql }: Database) {
  const insert = sql.prepare(
    `INSERT INTO messages (id, conversation, type, direction, recipient, status, content, metadata, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = sql.prepare("SELECT * FROM messages WHERE id = ?");
  const home = sql.prepare("SELECT org_id, id, platform FROM conversations WHERE seq = ?");
  const setStatus = sql.prepare("UPDATE messages SET status = ?, failure_reason = ? WHERE id = ?");
  const history = sql.prepare(historySql);
  const deleteOf = sql.prepare("DELETE FROM messages WHERE conversation = ?");

  return {
    insert: (message: StoredMessage) =>
      insert.run(
        message.id,
        message.conversation,
        message.type,
        message.direction,
        message.to,
        message.status ?? null,
        message.content,
        JSON.stringify(message.metadata),
        message.createdAt,
      ),
    byId: (id: string): (StoredMessage & { home: MessageHome }) | undefined => {
      const row = byId.get(id) as MessageRow | undefined;
      if (!row) return undefined;
      const found = home.get(row.conversation) as { org_id: string; id: string; platform: string };
      return {
        ...toMessage(row),
        home: { orgId: found.org_id, conversationId: found.id, platform: found.platform },
      };
    },
    setStatus: (id: string, status: string, failureReason: string | null) => setStatus.run(status, failureReason, id),
    deleteOf: (conversation: number) => deleteOf.run(conversation),
    /** Newest first, created before `before` (milliseconds, exclusive). */
    history: (conversation: number, before: number, limit: number): StoredMessage[] =>
      (history.all(conversation, before, limit) as MessageRow[]).map(toMessage),
  };
}
