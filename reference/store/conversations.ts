/** Conversations: one an address on a platform. They remember which contact the address belongs to. */

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Assignee, Conversation, Platform } from "../../src/api/index.ts";
import { parseKeptJson } from "../../src/file-failure.ts";
import { toMatchExpression } from "./contacts.ts";
import type { Database } from "./database.ts";
import { prepareWords } from "./words.ts";

export type StoredConversation = {
  seq: number;
  orgId: string;
  id: string;
  platform: Platform;
  address: string;
  contactId: string;
  status: Conversation["status"];
  assignee: Assignee | null;
  createdAt: number;
  updatedAt: number;
  resolvedAt: number | null;
  lastMessageAt: number | null;
  lastInboundAt: number | null;
  lastOutboundAt: number | null;
  messageCount: number;
};

type ConversationRow = {
  seq: number;
  org_id: string;
  id: string;
  platform: Platform;
  address: string;
  contact_id: string;
  status: Conversation["status"];
  assignee: string | null;
  created_at: number;
  updated_at: number;
  resolved_at: number | null;
  last_message_at: number | null;
  last_inbound_at: number | null;
  last_outbound_at: number | null;
  message_count: number;
};

function toConversation(row: ConversationRow): StoredConversation {
  return {
    seq: row.seq,
    orgId: row.org_id,
    id: row.id,
    platform: row.platform,
    address: row.address,
    contactId: row.contact_id,
    status: row.status,
    assignee: row.assignee === null ? null : parseKeptJson<Assignee>(row.assignee),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    resolvedAt: row.resolved_at,
    lastMessageAt: row.last_message_at,
    lastInboundAt: row.last_inbound_at,
    lastOutboundAt: row.last_outbound_at,
    messageCount: row.message_count,
  };
}

export type ConversationSearch = {
  orgId: string;
  status?: string | undefined;
  platform?: string | undefined;
  /** A teammate's id; `none` for those that are nobody's. */
  assignee?: string | undefined;
  /** Words of the contact, a part of the address, or a part of what was said. */
  query?: string | undefined;
  before?: { updatedAt: number; seq: number } | undefined;
  limit: number;
};

/** Typed by hand: letters in either case, as far as SQLite does not know their cases itself. */
function listSpellings(text: string): string[] {
  const lower = text.toLowerCase();
  return [...new Set([text, lower, text.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)])];
}

function toLikePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}

/** Whose contact, address or messages have it. */
function buildTextCondition(orgId: string, query: string): { condition: string; values: SQLInputValue[] } {
  const spellings = listSpellings(query).map(toLikePattern);
  const said = spellings.map(() => "m.content LIKE ? ESCAPE '\\'").join(" OR ");
  const words = toMatchExpression(query);
  const digits = /^[+\d\s().-]+$/.test(query) ? query.replaceAll(/\D/g, "") : "";
  const ways = [
    "address LIKE ? ESCAPE '\\'",
    ...(digits === "" ? [] : ["address LIKE ?"]),
    ...(words === ""
      ? []
      : [
          `contact_id IN (SELECT c.id FROM contacts_words w CROSS JOIN contacts c ON c.seq = w.rowid
           WHERE contacts_words MATCH ? AND c.org_id = ?)`,
        ]),
    `EXISTS (SELECT 1 FROM messages m WHERE m.conversation = conversations.seq AND (${said}))`,
  ];
  return {
    condition: `(${ways.join(" OR ")})`,
    values: [
      toLikePattern(query),
      ...(digits === "" ? [] : [`%${digits}%`]),
      ...(words === "" ? [] : [words, orgId]),
      ...spellings,
    ],
  };
}

export function buildConversationSearch(search: ConversationSearch): { text: string; values: SQLInputValue[] } {
  const where = ["org_id = ?"];
  const values: SQLInputValue[] = [search.orgId];
  const narrow = (condition: string, ...more: SQLInputValue[]): void => {
    where.push(condition);
    values.push(...more);
  };
  if (search.status !== undefined) narrow("status = ?", search.status);
  if (search.platform !== undefined) narrow("platform = ?", search.platform);
  if (search.assignee === "none") narrow("assignee IS NULL");
  else if (search.assignee !== undefined) narrow("json_extract(assignee, '$.id') = ?", search.assignee);
  const { updatedAt, seq } = search.before ?? {};
  if (updatedAt !== undefined && seq !== undefined) narrow("(updated_at, seq) < (?, ?)", updatedAt, seq);
  const query = search.query?.trim();
  if (query) {
    const { condition, values: searched } = buildTextCondition(search.orgId, query);
    narrow(condition, ...searched);
  }
  return {
    text: `SELECT * FROM conversations WHERE ${where.join(" AND ")} ORDER BY updated_at DESC, seq DESC LIMIT ? + 0`,
    values: [...values, search.limit],
  };
}

function prepareStatements(sql: DatabaseSync) {
  return {
    insert: sql.prepare(
      `INSERT INTO conversations (org_id, id, platform, address, contact_id, status, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, 'open', ?, ?) RETURNING *`,
    ),
    update: sql.prepare(
      `UPDATE conversations SET status = ?, assignee = ?, updated_at = ?, resolved_at = ?, last_message_at = ?,
       last_inbound_at = ?, last_outbound_at = ?, message_count = ? WHERE seq = ?`,
    ),
    delete: sql.prepare("DELETE FROM conversations WHERE seq = ?"),
    byId: sql.prepare("SELECT * FROM conversations WHERE org_id = ? AND id = ?"),
    bySeq: sql.prepare("SELECT * FROM conversations WHERE seq = ?"),
    byContact: sql.prepare("SELECT * FROM conversations WHERE contact_id = ? ORDER BY seq"),
  };
}

export function createConversationsTable({ sql, prepareOnce }: Database) {
  const statements = prepareStatements(sql);
  const writeWords = prepareWords(sql);
  return {
    insert: (conversation: {
      orgId: string;
      id: string;
      platform: Platform;
      address: string;
      contactId: string;
      createdAt: number;
    }): StoredConversation =>
      toConversation(
        statements.insert.get(
          conversation.orgId,
          conversation.id,
          conversation.platform,
          conversation.address,
          conversation.contactId,
          conversation.createdAt,
          conversation.createdAt,
        ) as ConversationRow,
      ),
    update: (conversation: StoredConversation): void => {
      statements.update.run(
        conversation.status,
        conversation.assignee === null ? null : JSON.stringify(conversation.assignee),
        conversation.updatedAt,
        conversation.resolvedAt,
        conversation.lastMessageAt,
        conversation.lastInboundAt,
        conversation.lastOutboundAt,
        conversation.messageCount,
        conversation.seq,
      );
    },
    delete: (seq: number) => statements.delete.run(seq),
    byId: (orgId: string, id: string): StoredConversation | undefined => {
      const row = statements.byId.get(orgId, id) as ConversationRow | undefined;
      return row && toConversation(row);
    },
    /** Of any org. */
    bySeq: (seq: number): StoredConversation | undefined => {
      const row = statements.bySeq.get(seq) as ConversationRow | undefined;
      return row && toConversation(row);
    },
    byContact: (contactId: string): StoredConversation[] =>
      (statements.byContact.all(contactId) as ConversationRow[]).map(toConversation),
    /** Most recently active first. */
    search: (search: ConversationSearch): StoredConversation[] => {
      if (search.query?.trim()) writeWords();
      const { text, values } = buildConversationSearch(search);
      return (prepareOnce(text).all(...values) as ConversationRow[]).map(toConversation);
    },
  };
}
