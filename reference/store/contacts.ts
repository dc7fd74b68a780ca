/** Contacts. No two of an org share a phone, an e-mail address (in any case) or an external id: unique indexes say so. */

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { normalizeEmail, type PropertyValue } from "../../src/api/index.ts";
import { parseKeptJson } from "../../src/file-failure.ts";
import type { Database } from "./database.ts";
import { prepareWords } from "./words.ts";

export type StoredContact = {
  seq: number;
  id: string;
  orgId: string;
  firstName: string | null;
  lastName: string | null;
  phone: string | null;
  email: string | null;
  tags: string[];
  channel: string | null;
  properties: Record<string, PropertyValue>;
  createdAt: number;
  updatedAt: number;
};

type ContactRow = {
  seq: number;
  id: string;
  org_id: string;
  first_name: string | null;
  last_name: string | null;
  phone: string | null;
  email: string | null;
  tags: string;
  channel: string | null;
  properties: string;
  created_at: number;
  updated_at: number;
};

function toContact(row: ContactRow): StoredContact {
  return {
    seq: row.seq,
    id: row.id,
    orgId: row.org_id,
    firstName: row.first_name,
    lastName: row.last_name,
    phone: row.phone,
    email: row.email,
    tags: parseKeptJson<string[]>(row.tags),
    channel: row.channel,
    properties: parseKeptJson<Record<string, PropertyValue>>(row.properties),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export type ContactSearch = {
  orgId: string;
  phone?: string | undefined;
  email?: string | undefined;
  externalId?: string | undefined;
  /** Words, each the beginning of a word of name, phone or e-mail address. */
  query?: string | undefined;
  beforeSeq?: number | undefined;
  limit: number;
};

/** Full-text search wants each word in quotes; a word of signs alone matches nothing and is left out. */
export function toMatchExpression(query: string): string {
  return (query.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map((word) => `"${word}"*`).join(" ");
}

/** The SQL of a search; in a function of its own so that a test can ask SQLite for its plan. */
export function buildContactSearch(search: ContactSearch): { text: string; values: SQLInputValue[] } {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const narrow = (condition: string, value: SQLInputValue): void => {
    where.push(condition);
    values.push(value);
  };
  const byWords = search.query !== undefined;
  if (byWords) narrow("contacts_words MATCH ?", toMatchExpression(search.query ?? ""));
  narrow("c.org_id = ?", search.orgId);
  if (search.phone !== undefined) narrow("c.phone = ?", search.phone);
  if (search.email !== undefined) narrow("c.email_key = ?", normalizeEmail(search.email));
  if (search.externalId !== undefined) narrow("c.external_id = ?", search.externalId);
  const seq = byWords ? "w.rowid" : "c.seq";
  if (search.beforeSeq !== undefined) narrow(`${seq} < ?`, search.beforeSeq);
  const from = byWords ? "contacts_words w CROSS JOIN contacts c ON c.seq = w.rowid" : "contacts c";
  return {
    text: `SELECT c.* FROM ${from} WHERE ${where.join(" AND ")} ORDER BY ${seq} DESC LIMIT ? + 0`,
    values: [...values, search.limit],
  };
}

/** By which an e-mail address is looked up, in any case. */
function toEmailKey(email: string | null): string | null {
  return email === null ? null : normalizeEmail(email);
}

function readExternalId({ properties }: Pick<StoredContact, "properties">): string | null {
  return typeof properties.externalId === "string" ? properties.externalId : null;
}

/**
 * The columns that may change. An update names those alone that do: SQLite writes each index of a column that it names
 * anew, and the words that are searched, even where the value stays.
 */
function toColumns(contact: StoredContact): Record<string, SQLInputValue> {
  return {
    first_name: contact.firstName,
    last_name: contact.lastName,
    phone: contact.phone,
    email: contact.email,
    email_key: toEmailKey(contact.email),
    external_id: readExternalId(contact),
    tags: JSON.stringify(contact.tags),
    channel: contact.channel,
    properties: JSON.stringify(contact.properties),
    updated_at: contact.updatedAt,
  };
}

function getContact(statement: StatementSync, ...values: SQLInputValue[]): StoredContact | undefined {
  const row = statement.get(...values) as ContactRow | undefined;
  return row && toContact(row);
}

function prepareStatements(sql: DatabaseSync) {
  return {
    insert: sql.prepare(
      `INSERT INTO contacts (id, org_id, first_name, last_name, phone, email, email_key, external_id, tags, channel,
       properties, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
    ),
    delete: sql.prepare("DELETE FROM contacts WHERE seq = ?"),
    byId: sql.prepare("SELECT * FROM contacts WHERE id = ? AND org_id = ?"),
    byPhone: sql.prepare("SELECT * FROM contacts WHERE org_id = ? AND phone = ?"),
    byEmail: sql.prepare("SELECT * FROM contacts WHERE org_id = ? AND email_key = ?"),
    byExternalId: sql.prepare("SELECT * FROM contacts WHERE org_id = ? AND external_id = ?"),
  };
}

export function createContactsTable({ sql, prepareOnce }: Database) {
  const statements = prepareStatements(sql);
  const writeWords = prepareWords(sql);

  return {
    insert: (contact: Omit<StoredContact, "seq">): StoredContact =>
      toContact(
        statements.insert.get(
          contact.id,
          contact.orgId,
          contact.firstName,
          contact.lastName,
          contact.phone,
          contact.email,
          toEmailKey(contact.email),
          readExternalId(contact),
          JSON.stringify(contact.tags),
          contact.channel,
          JSON.stringify(contact.properties),
          contact.createdAt,
          contact.updatedAt,
        ) as ContactRow,
      ),
    update: (before: StoredContact, after: StoredContact): void => {
      const [columns, columnsBefore] = [toColumns(after), toColumns(before)];
      const changed = Object.keys(columns).filter((name) => columns[name] !== columnsBefore[name]);
      if (changed.length === 0) return;
      const assignments = changed.map((name) => `${name} = ?`).join(", ");
      const values = changed.map((name) => columns[name] as SQLInputValue);
      prepareOnce(`UPDATE contacts SET ${assignments} WHERE seq = ?`).run(...values, after.seq);
    },
    delete: (seq: number) => statements.delete.run(seq),
    byId: (orgId: string, id: string) => getContact(statements.byId, id, orgId),
    byPhone: (orgId: string, phone: string) => getContact(statements.byPhone, orgId, phone),
    byEmail: (orgId: string, email: string) => getContact(statements.byEmail, orgId, normalizeEmail(email)),
    byExternalId: (orgId: string, id: string) => getContact(statements.byExternalId, orgId, id),
    /** Newest first. */
    search: (search: ContactSearch): StoredContact[] => {
      if (search.query !== undefined) {
        if (toMatchExpression(search.query) === "") return [];
        writeWords();
      }
      const { text, values } = buildContactSearch(search);
      return (prepareOnce(text).all(...values) as ContactRow[]).map(toContact);
    },
  };
}
