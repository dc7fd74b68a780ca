/** Summaries of conversations, the latest of each. */
import type { Database } from "../database.ts";

export type StoredSummary = {
  /** `seq` of the conversation. */
  conversation: number;
  text: string;
  /** How many messages the conversation had. */
  messageCount: number;
  createdAt: number;
};

type SummaryRow = { conversation: number; text: string; message_count: number; created_at: number };

function toSummary(row: SummaryRow): StoredSummary {
  return {
    conversation: row.conversation,
    text: row.text,
    messageCount: row.message_count,
    createdAt: row.created_at,
  };
}

export function createSummariesTable({ sql }: Database) {
  const save = sql.prepare(
    `INSERT INTO summaries (conversation, text, message_count, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
     text = excluded.text, message_count = excluded.message_count, created_at = excluded.created_at`,
  );
  const byConversation = sql.prepare("SELECT * FROM summaries WHERE conversation = ?");
  const deleteOf = sql.prepare("DELETE FROM summaries WHERE conversation = ?");
  const latestOfOrg = sql.prepare(
    `SELECT s.* FROM conversations c CROSS JOIN summaries s ON s.conversation = c.seq WHERE c.org_id = ?
     ORDER BY c.updated_at DESC, c.seq DESC LIMIT ? + 0`,
  );

  return {
    save: ({ conversation, text, messageCount, createdAt }: StoredSummary) =>
      save.run(conversation, text, messageCount, createdAt),
    delete: (conversation: number) => deleteOf.run(conversation),
    byConversation: (conversation: number): StoredSummary | undefined => {
      const row = byConversation.get(conversation) as SummaryRow | undefined;
      return row && toSummary(row);
    },
    /** Of the conversations that were active last, those first. */
    latestOfOrg: (orgId: string, limit: number): StoredSummary[] =>
      (latestOfOrg.all(orgId, limit) as SummaryRow[]).map(toSummary),
  };
}
