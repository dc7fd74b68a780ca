/** What came with format 3: Smart Triggers and what they did, summaries, and messages that the carrier has on its way. */
export const automationTables = `
CREATE TABLE triggers (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  org_id TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  condition TEXT NOT NULL,
  actions TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX triggers_name ON triggers (org_id, name);
CREATE INDEX triggers_org ON triggers (org_id, seq);

-- No trigger runs twice for one message: the unique index says so.
CREATE TABLE trigger_runs (
  seq INTEGER PRIMARY KEY,
  trigger_id TEXT NOT NULL,
  trigger_name TEXT NOT NULL,
  org_id TEXT NOT NULL,
  conversation INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  outcomes TEXT NOT NULL,
  replied INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX trigger_runs_message ON trigger_runs (trigger_id, message_id);
CREATE INDEX trigger_runs_org ON trigger_runs (org_id, seq);
CREATE INDEX trigger_runs_conversation ON trigger_runs (conversation, created_at);

CREATE TABLE summaries (
  conversation INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  message_count INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE carriage (
  message_id TEXT PRIMARY KEY,
  due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX carriage_due ON carriage (due_at, message_id);
`;
