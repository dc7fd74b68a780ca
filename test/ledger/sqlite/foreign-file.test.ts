/** Files that are no ledger, or one of another version. */
import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "@jest/globals";
import { openSqliteLedger } from "../../../src/ledger/index.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { leaseMs, messageOf } from "../messages.ts";
import { createLedgerFiles } from "./ledger-files.ts";

const newFile = createLedgerFiles();

describe("the file of a send ledger", () => {
  const refusal = (file: string): string => {
    try {
      openSqliteLedger({ file });
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error(`${file} was opened`);
  };
  describe("that is somebody else's is refused and left as it was", () => {
    const databaseOf = (make: (sql: DatabaseSync) => void): ((file: string) => void) => {
      return (file) => {
        const sql = new DatabaseSync(file);
        make(sql);
        sql.close();
      };
    };
    const others: [string, (file: string) => void | Promise<void>, RegExp][] = [
      ["a text", (file) => writeFileSync(file, "Customers:\n".repeat(20)), /it is not a send ledger/],
      ["a short text", (file) => writeFileSync(file, "x"), /it is not a send ledger/],
      ["zeros", (file) => writeFileSync(file, Buffer.alloc(4096)), /it is not a send ledger/],
      [
        "another program's database",
        databaseOf((sql) => sql.exec("CREATE TABLE sends (a)")),
        /it is a database of another kind/,
      ],
      [
        "another program's database in WAL mode",
        databaseOf((sql) => sql.exec("PRAGMA journal_mode = WAL; PRAGMA application_id = 7; CREATE TABLE t (a)")),
        /it is a database of another kind/,
      ],
      [
        "an event file of onsync listen",
        async (file) => await openSqliteStore({ file }).close(),
        /an event file of `onsync listen`/,
      ],
    ];
    test.each(others)("%s", async (_name, make, reason) => {
      const file = newFile();
      await make(file);
      const digest = () => createHash("sha256").update(readFileSync(file)).digest("hex");
      const before = [digest(), statSync(file).mtimeMs];
      expect(refusal(file)).toMatch(reason);
      expect([digest(), statSync(file).mtimeMs]).toEqual(before);
      for (const beside of ["-wal", "-shm", "-journal"])
        expect(statSync(`${file}${beside}`, { throwIfNoEntry: false })).toBeUndefined();
    });

    test("another program's database that is in use", () => {
      const file = newFile();
      const sql = new DatabaseSync(file);
      sql.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
      expect(refusal(file)).toMatch(/it is a database of another kind/);
      sql.exec("INSERT INTO t VALUES (1)");
      sql.close();
    });
  });

  test("a ledger of a later version is refused, and what it holds stays", async () => {
    const file = newFile();
    const ledger = openSqliteLedger({ file });
    await ledger.claim(messageOf("order-1"), { leaseMs });
    await ledger.close();
    const sql = new DatabaseSync(file);
    sql.exec("PRAGMA user_version = 99");
    expect(refusal(file)).toMatch(
      /has format 99, and this version of OnSync Automation reads up to 2\. A newer version has written it: use that one/,
    );
    sql.exec("PRAGMA user_version = 2");
    sql.close();
    const again = openSqliteLedger({ file });
    expect(await again.list()).toHaveLength(1);
    await again.close();
  });
});
