/** A data file of the reference API with as much in it as one likes, in seconds: written by SQL, as the reference itself would. */
import { DatabaseSync } from "node:sqlite";
import { createReference } from "../../reference/index.ts";

export type Filling = {
  contacts: number;
  /** Of the first contacts, one each. */
  conversations: number;
  messagesEach: number;
};

/** When the first of everything was made; the next follow a second apart. */
const filledFrom = Date.parse("2024-01-01T00:00:00.000Z");

function pad(index: number): string {
  return String(index).padStart(8, "0");
}

/** Of the contact with that number, from 0. */
export function toFilledPhone(index: number): string {
  return `+9715${pad(index)}`;
}

/** Of the contact with that number. */
export function toFilledId(index: number): string {
  return `contact_${pad(index)}`;
}

const numbers = "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count)";

const fillContacts = `${numbers}
  INSERT INTO contacts (id, org_id, first_name, last_name, phone, email, email_key, external_id, properties, created_at, updated_at)
  SELECT printf('contact_%08d', n), :org, 'Person', 'No' || n, printf('+9715%08d', n), 'person' || n || '@example.com',
    'person' || n || '@example.com', 'crm_' || n, '{"externalId":"crm_' || n || '"}', :from + n * 1000, :from + n * 1000
  FROM numbers`;

const fillConversations = `${numbers}
  INSERT INTO conversations (seq, org_id, id, platform, address, contact_id, status, created_at, updated_at, last_message_at,
    last_inbound_at, message_count)
  SELECT n + 1, :org, printf('whatsapp:+9715%08d', n), 'whatsapp', printf('+9715%08d', n), printf('contact_%08d', n), 'open',
    :from, :from + (n + 1) * :each * 1000, :from + ((n + 1) * :each - 1) * 1000, :from + ((n + 1) * :each - 1) * 1000, :each
  FROM numbers`;

const fillMessages = `${numbers}
  INSERT INTO messages (id, conversation, type, direction, content, metadata, created_at)
  SELECT printf('msg_%08d', n), n / :each + 1, 'text', iif(n % 2, 'outbound', 'inbound'),
    'Message ' || n || ', of the length that most of them have', '{"source":"filled"}', :from + n * 1000
  FROM numbers`;

type Definition = { type: string; name: string; sql: string };

/** Does the work without indexes and triggers, which are much quicker made at once, and puts them back. */
function withoutIndexes(sql: DatabaseSync, work: () => void): void {
  const definitions = sql
    .prepare(
      `SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL
       AND tbl_name IN ('contacts', 'conversations', 'messages')`,
    )
    .all() as Definition[];
  for (const { type, name } of definitions) sql.exec(`DROP ${type} ${name}`);
  work();
  sql.exec("INSERT INTO contacts_words (contacts_words) VALUES ('rebuild')");
  for (const definition of definitions) sql.exec(definition.sql);
}

/** @param file must not be there yet */
export async function fillReferenceFile(
  file: string,
  { contacts, conversations, messagesEach }: Filling,
): Promise<void> {
  await createReference({ data: file }).close();
  const sql = new DatabaseSync(file);
  sql.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000");
  const org = sql.prepare("SELECT id FROM orgs").get()?.id as string;
  const from = filledFrom;
  // A plain number is a floating one to SQLite, and would divide as such.
  const each = BigInt(messagesEach);
  sql.exec("BEGIN");
  withoutIndexes(sql, () => {
    if (contacts > 0) sql.prepare(fillContacts).run({ count: contacts, org, from });
    if (conversations > 0) sql.prepare(fillConversations).run({ count: conversations, org, from, each });
    const count = conversations * messagesEach;
    if (count > 0) sql.prepare(fillMessages).run({ count, from, each });
  });
  sql.exec("COMMIT");
  sql.close();
}
