import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openSqlite } from "../src/sqlite.ts";

const texts = ["a\0b", "\0", "\0\0 at the end \0", "\uFEFFa byte order mark\0", "München 😀\0", ""];

describe("a text in an SQLite file", () => {
  let sql: ReturnType<typeof openSqlite>;
  beforeEach(() => {
    sql = openSqlite(":memory:");
    sql.exec(
      `CREATE TABLE messages (seq INTEGER PRIMARY KEY, content TEXT, "odd "" name" TEXT, file BLOB) STRICT;
       CREATE TABLE senders (message INTEGER NOT NULL, name TEXT NOT NULL) STRICT`,
    );
  });
  afterEach(() => sql.close());

  function fill() {
    const insert = sql.prepare("INSERT INTO messages (content) VALUES (?)");
    for (const text of texts) insert.run(text);
  }

  test.each(texts)("is read as it was written: %j", (text) => {
    sql.prepare("INSERT INTO messages (content) VALUES (?)").run(text);
    expect(sql.prepare("SELECT * FROM messages WHERE content = ?").get(text)).toMatchObject({ seq: 1, content: text });
  });

  test("is whole in the answer to an INSERT, an UPDATE and a DELETE", () => {
    const inserted = sql.prepare('INSERT INTO messages (content, "odd "" name") VALUES (:a, :b) RETURNING *');
    expect({ ...inserted.get({ a: "a\0b", b: "c\0d" }) }).toEqual({
      seq: 1,
      content: "a\0b",
      'odd " name': "c\0d",
      file: null,
    });
    const updated = sql.prepare("UPDATE messages SET content = ? RETURNING content AS now, seq + 1 AS next");
    expect(updated.all("\0e").map((row) => ({ ...row }))).toEqual([{ now: "\0e", next: 2 }]);
    expect({ ...sql.prepare("DELETE FROM messages RETURNING content").get() }).toEqual({ content: "\0e" });
  });

  test("keeps its place in the order that was asked for", () => {
    fill();
    const newestFirst = sql.prepare("SELECT content FROM messages WHERE seq > ? ORDER BY seq DESC");
    const page = sql.prepare("SELECT content FROM messages ORDER BY seq DESC LIMIT ?");
    const expected = [...texts].reverse();
    expect(newestFirst.all(0).map((row) => row.content)).toEqual(expected);
    expect([...newestFirst.iterate(0)].map((row) => row.content)).toEqual(expected);
    expect(page.all(2).map((row) => row.content)).toEqual(expected.slice(0, 2));
  });

  test("is whole where tables are joined and columns renamed", () => {
    fill();
    sql.prepare("INSERT INTO senders VALUES (1, ?)").run("Ann\0a");
    const joined = sql.prepare("SELECT m.*, s.name AS sender FROM senders s JOIN messages m ON m.seq = s.message");
    expect(joined.get()).toMatchObject({ seq: 1, content: "a\0b", sender: "Ann\0a" });
  });

  test("that is not there stays null, bytes stay bytes, and a row that is not there stays undefined", () => {
    const read = sql.prepare("SELECT * FROM messages");
    expect(read.get()).toBeUndefined();
    sql.prepare("INSERT INTO messages (file) VALUES (?)").run(Buffer.from("a\0b"));
    expect({ ...read.get() }).toEqual({ seq: 1, content: null, 'odd " name': null, file: expect.anything() });
    expect(Buffer.from(read.get()?.file as Uint8Array).toString()).toBe("a\0b");
  });

  test("is whole when a statement is read again and again, with other values in between", () => {
    fill();
    const byContent = sql.prepare("SELECT content FROM messages WHERE content = ?");
    for (const text of [...texts, ...texts]) expect(byContent.get(text)?.content).toBe(text);
  });
});
