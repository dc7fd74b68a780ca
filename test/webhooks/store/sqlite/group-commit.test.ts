import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "@jest/globals";
import { GroupCommit } from "../../../../src/webhooks/store/sqlite/group-commit.ts";
import { newFile } from "./new-file.ts";

describe("a group commit", () => {
  test("a full disk refuses the whole transaction, keeps what was there, and takes what fits", async () => {
    const sql = new DatabaseSync(newFile());
    sql.exec("CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT)");
    sql.exec("PRAGMA max_page_count = 4");
    const commits = new GroupCommit(sql, null);
    const insert = sql.prepare("INSERT INTO t (x) VALUES (?)");
    await commits.write(() => insert.run("small"), true);
    const group = [
      commits.write(() => insert.run("small"), true),
      commits.write(() => insert.run("x".repeat(99_999)), true),
    ];
    for (const result of await Promise.allSettled(group)) expect(result.status).toBe("rejected");
    await commits.write(() => insert.run("small again"), true);
    expect(sql.prepare("SELECT x FROM t").all()).toEqual([{ x: "small" }, { x: "small again" }]);
    sql.close();
  });

  test("writes asked for at once share one transaction", async () => {
    const sql = new DatabaseSync(":memory:");
    sql.exec("CREATE TABLE t (n INTEGER)");
    const commits = new GroupCommit(sql, null);
    const insert = sql.prepare("INSERT INTO t VALUES (?)");
    const seen = await Promise.all(
      [1, 2, 3].map((n) =>
        commits.write(() => {
          insert.run(n);
          return (sql.prepare("SELECT count(*) AS n FROM t").get() as { n: number }).n;
        }, n === 2),
      ),
    );
    expect(seen).toEqual([1, 2, 3]);
    expect(sql.isTransaction).toBe(false);
    sql.close();
  });
});
