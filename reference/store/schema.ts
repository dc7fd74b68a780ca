import { automationTables } from "./automation/schema.ts";
import { wordTables } from "./words.ts";

/**
 * The tables. Instants are milliseconds since 1970, UTC. Every column somebody looks things up by has an index, so that
 * a lookup and a page of history cost the same at a thousand rows and at a million.
 *
 * Filling a file in bulk (a benchmark, an import): start the reference once with `data`, close it, and insert into
 * `contacts`, `conversations` and `messages` with SQL. Triggers keep the search index (`words.ts`). `messages.conversation` is
 * `conversations.seq`, and `created_at` rises strictly within a conversation.
 */

/** Raise it with every change below, and add the step from the version before to `file/file-format.ts`. */
export const schemaVersion = 5;

export const schema = `
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE orgs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  rate_limit INTEGER NOT NULL,
  bucket_level INTEGER NOT NULL,
  bucket_at INTEGER NOT NULL,
  next_teammate INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE teammates (
  seq INTEGER PRIMARY KEY,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT NOT NULL
) STRICT;
CREATE INDEX teammates_org ON teammates (org_id, seq);

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  label TEXT,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  org_id TEXT NOT NULL,
  first_name TEXT,
  last_name TEXT,
  phone TEXT,
  email TEXT,
  email_key TEXT,
  external_id TEXT,
  tags TEXT NOT NULL DEFAULT '[]',
  channel TEXT,
  properties TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX contacts_phone ON contacts (org_id, phone);
CREATE UNIQUE INDEX contacts_email ON contacts (org_id, email_key);
CREATE UNIQUE INDEX contacts_external_id ON contacts (org_id, external_id);
CREATE INDEX contacts_newest ON contacts (org_id, seq);

CREATE VIRTUAL TABLE contacts_words USING fts5 (
  first_name, last_name, phone, email,
  content = 'contacts', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2'
);
${wordTables}
CREATE TABLE conversations (
  seq INTEGER PRIMARY KEY,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  platform TEXT NOT NULL,
  address TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  status TEXT NOT NULL,
  assignee TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  resolved_at INTEGER,
  last_message_at INTEGER,
  last_inbound_at INTEGER,
  last_outbound_at INTEGER,
  message_count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX conversations_id ON conversations (org_id, id);
CREATE INDEX conversations_contact ON conversations (contact_id);
CREATE INDEX conversations_active ON conversations (org_id, updated_at, seq);
CREATE INDEX conversations_status ON conversations (org_id, status, updated_at, seq);
CREATE INDEX conversations_platform ON conversations (org_id, platform, updated_at, seq);

CREATE TABLE messages (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversation INTEGER NOT NULL,
  type TEXT NOT NULL,
  direction TEXT NOT NULL,
  recipient TEXT,
  status TEXT,
  failure_reason TEXT,
  content TEXT,
  metadata TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_history ON messages (conversation, created_at);

CREATE TABLE templates (
  org_id TEXT NOT NULL,
  platform TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  status TEXT NOT NULL,
  category TEXT,
  components TEXT NOT NULL,
  PRIMARY KEY (org_id, platform, name, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhooks (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  org_id TEXT NOT NULL,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  secret TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  delivered INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  retried INTEGER NOT NULL DEFAULT 0,
  last_delivery_at INTEGER,
  last_status_code INTEGER
) STRICT;
CREATE INDEX webhooks_org ON webhooks (org_id, seq);

-- An event's body, byte for byte as every delivery and every attempt sends it.
CREATE TABLE events (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- round_attempts counts the attempts of this round: a redelivery starts a new one.
CREATE TABLE deliveries (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  event_id TEXT NOT NULL,
  webhook_id TEXT NOT NULL,
  status TEXT NOT NULL,
  round_attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_webhook ON deliveries (webhook_id, seq);
CREATE INDEX deliveries_due ON deliveries (webhook_id, due_at, seq) WHERE status = 'pending';

CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  delivery INTEGER NOT NULL,
  at INTEGER NOT NULL,
  status_code INTEGER,
  error TEXT,
  url TEXT NOT NULL,
  request_headers TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  response_headers TEXT,
  response_body TEXT
) STRICT;
CREATE INDEX attempts_delivery ON attempts (delivery, seq);
${automationTables}`;

/** Every table that holds state, in an order in which they can be filled. */
export const tables = [
  "settings",
  "orgs",
  "teammates",
  "keys",
  "contacts",
  "conversations",
  "messages",
  "templates",
  "webhooks",
  "events",
  "deliveries",
  "attempts",
  "triggers",
  "trigger_runs",
  "summaries",
  "carriage",
] as const;
