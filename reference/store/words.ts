/**
 * The words by which contacts are searched. To write them costs more than all else about a contact, and little more for many
 * contacts than for one: so what has changed is noted, and its words are written when they are searched, or when so many wait.
 */
import type { DatabaseSync } from "node:sqlite";

/** One change in so many takes the words of all of them upon itself. */
const maxUnwritten = 256;

/** Where a row is removed, a trigger writes its contact's words. */
const writeAll = "DELETE FROM unwritten_words";

/** What is noted of a contact is what it is found by still: further changes before its words are written add nothing. */
export const wordTables = `
CREATE TABLE unwritten_words (
  seq INTEGER PRIMARY KEY,
  is_indexed INTEGER NOT NULL,
  first_name TEXT,
  last_name TEXT,
  phone TEXT,
  email TEXT
) STRICT;
CREATE TRIGGER unwritten_words_write AFTER DELETE ON unwritten_words BEGIN
  INSERT INTO contacts_words (contacts_words, rowid, first_name, last_name, phone, email)
  SELECT 'delete', old.seq, old.first_name, old.last_name, old.phone, old.email WHERE old.is_indexed;
  INSERT INTO contacts_words (rowid, first_name, last_name, phone, email)
  SELECT seq, first_name, last_name, phone, email FROM contacts WHERE seq = old.seq;
END;
CREATE TRIGGER unwritten_words_full AFTER INSERT ON unwritten_words
WHEN (SELECT count(*) FROM unwritten_words) >= ${maxUnwritten} BEGIN
  ${writeAll};
END;
CREATE TRIGGER contacts_words_insert AFTER INSERT ON contacts BEGIN
  INSERT INTO unwritten_words (seq, is_indexed) VALUES (new.seq, 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contacts_words_delete AFTER DELETE ON contacts BEGIN
  INSERT INTO unwritten_words VALUES (old.seq, 1, old.first_name, old.last_name, old.phone, old.email)
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contacts_words_update AFTER UPDATE OF first_name, last_name, phone, email ON contacts BEGIN
  INSERT INTO unwritten_words VALUES (old.seq, 1, old.first_name, old.last_name, old.phone, old.email)
  ON CONFLICT DO NOTHING;
END;
`;

/** @returns what writes the words of all contacts that have changed, to be called before words are searched */
export function prepareWords(sql: DatabaseSync): () => void {
  const statement = sql.prepare(writeAll);
  return () => void statement.run();
}
