/** What is Postgres's own in an export: who writes, where, over which connection, and what is said when it fails. */
import { inspect } from "node:util";
import { expect, test } from "@jest/globals";
import { exportTables } from "../../../../src/data/export/records.ts";
import { openPostgresTarget } from "../../../../src/data/export/targets/postgres.ts";
import { startCuttingProxy } from "./cutting-proxy.ts";
import { describeOnPostgres, message, queryPostgres, withColumns, withTarget } from "./database/on-databases.ts";

const { messages } = exportTables;
const none = new Map<string, string | null>();

/** What is thrown, with all that a log could show of it. */
async function catchError(work: Promise<unknown>): Promise<{ message: string; shown: string }> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("nothing was thrown");
  return { message: error.message, shown: inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) };
}

describeOnPostgres((createDatabase) => {
  test.each(["request", "answer"] as const)(
    "killed between any two statements, with the last %s lost, rows and state are both there or neither is",
    async (lost) => {
      const url = await createDatabase();
      const proxy = await startCuttingProxy(Number(new URL(url).port));
      const cut = new URL(url);
      cut.port = String(proxy.port);
      let outcomes = "";
      for (let pieces = 0, isDone = false; !isDone; pieces++) {
        const target = await openPostgresTarget({ url: cut.href });
        proxy.cutAfter(pieces, lost);
        // Each time another column, so that the table changes as well.
        const table = withColumns({ [`field${pieces}`]: "number" });
        const row = message(`msg_${pieces}`, { [`field${pieces}`]: pieces });
        isDone = await target.commit([{ table, rows: [row] }], new Map([["cursor", String(pieces)]])).then(
          () => true,
          () => false,
        );
        proxy.cutAfter(Number.POSITIVE_INFINITY, lost);
        await target.close().catch(() => {});
        // The next one waits until the server has noticed.
        await withTarget(await openPostgresTarget({ url }), async (next) => {
          const isThere = (await next.readState("cursor")) === String(pieces);
          expect(await next.read(table, [`msg_${pieces}`])).toEqual(isThere ? [row] : []);
          outcomes += isDone ? "done" : isThere ? "+" : "-";
        });
      }
      await proxy.close();
      // Where the answer to COMMIT alone is lost, it is there.
      expect(outcomes).toMatch(lost === "request" ? /^-{5,}done$/ : /^-{4,}\+done$/);
    },
  );

  test("of two exports at once into one schema the second is refused, and works once the first has ended", async () => {
    const url = await createDatabase();
    const first = await openPostgresTarget({ url });
    const { message: said } = await catchError(openPostgresTarget({ url, lockWaitMs: 50 }));
    expect(said).toMatch(
      /^Another export writes into the schema "public" of postgres:\/\/127.0.0.1:\d+\/trial\d+: wait/,
    );
    await withTarget(await openPostgresTarget({ url: `${url}?schema=other`, lockWaitMs: 50 }), async () => {});
    const waiting = openPostgresTarget({ url });
    await first.close();
    await withTarget(await waiting, (second) => second.commit([{ table: messages, rows: [message("msg_1")] }], none));
  });

  test("an export whose lock was lost without its knowledge writes nothing more", async () => {
    const url = await createDatabase();
    await withTarget(await openPostgresTarget({ url }), async (target) => {
      await target.commit([{ table: messages, rows: [message("msg_1")] }], new Map([["cursor", "1"]]));
      await queryPostgres(url, "UPDATE _onsync_owner SET token = 'of another'");
      const { message: said } = await catchError(
        target.commit([{ table: messages, rows: [message("msg_2")] }], new Map([["cursor", "2"]])),
      );
      expect(said).toContain("Another export writes");
      expect(await target.readState("cursor")).toBe("1");
      expect(await target.count(messages)).toBe(1);
    });
  });

  test("a late status loses also to one that another transaction is about to commit", async () => {
    const url = await createDatabase();
    await withTarget(await openPostgresTarget({ url }), async (target) => {
      await target.commit([{ table: messages, rows: [message("msg_1", { status: "sent" })] }], none);
      const { default: pg } = await import("pg");
      const other = new pg.Client({ connectionString: url });
      await other.connect();
      await other.query("BEGIN");
      await other.query(`UPDATE messages SET status = 'read', "_onsync_version" = 3`);
      const late = target.commit([{ table: messages, rows: [message("msg_1", { status: "delivered" })] }], none);
      // Until the late one waits for the row.
      for (let waits = 0; waits === 0; )
        ({ waits } = (await other.query("SELECT count(*)::int AS waits FROM pg_locks WHERE NOT granted")).rows[0]);
      await other.query("COMMIT");
      await other.end();
      expect(await late).toBe(0);
      expect(await target.read(messages, ["msg_1"])).toEqual([message("msg_1", { status: "read" })]);
    });
  });

  test("the password is in no error, whatever is wrong with the URL", async () => {
    const url = await createDatabase();
    const { password, port } = new URL(url);
    const nearly = `${password}x`;
    const urls = [
      url.replace(password, nearly),
      url.replace("/trial", "/nowhere"),
      url.replace(`:${port}`, ":1"),
      url.replace(`:${port}`, ":99999"),
      url.replace("127.0.0.1", "[not an address"),
      `${url}?sslrootcert=/nowhere.pem&sslmode=verify-full`,
      `${url}?schema=`,
      `${url}?schema=${"x".repeat(64)}`,
      `postgres://onsync@127.0.0.1:${port}/trial1?password=${nearly}`,
    ];
    for (const each of urls) {
      const { message: said, shown } = await catchError(openPostgresTarget({ url: each }));
      expect(said).toMatch(/^(There is no Postgres to work with at postgres:|This is no URL|\?schema= must)/);
      expect(shown).not.toContain(password);
    }
  });

  test("nothing that it keeps has the password", async () => {
    const url = await createDatabase();
    await withTarget(await openPostgresTarget({ url }), (target) =>
      target.commit([{ table: messages, rows: [message("msg_1")] }], new Map([["cursor", "1"]])),
    );
    const tables = await queryPostgres(
      url,
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    );
    expect(tables.map(({ name }) => name).toSorted()).toEqual([
      "_onsync_columns",
      "_onsync_owner",
      "_onsync_state",
      "messages",
    ]);
    for (const { name } of tables)
      expect(JSON.stringify(await queryPostgres(url, `SELECT * FROM ${name}`))).not.toContain(new URL(url).password);
  });

  test("it writes where the URL's schema says, made where there is none, or else where the search path leads", async () => {
    const url = await createDatabase();
    const write = async (more: string) =>
      withTarget(await openPostgresTarget({ url: url + more }), (target) =>
        target.commit([{ table: messages, rows: [message("msg_1")] }], none),
      );
    await queryPostgres(url, "CREATE SCHEMA mine");
    await write(`?schema=${encodeURIComponent('a"; DROP SCHEMA mine; --')}`);
    await write("?options=-c%20search_path%3Dnowhere,mine,public");
    const found = await queryPostgres(url, "SELECT schemaname AS name FROM pg_tables WHERE tablename = 'messages'");
    expect(found.map(({ name }) => name).toSorted()).toEqual(['a"; DROP SCHEMA mine; --', "mine"]);
    const { message: said } = await catchError(
      openPostgresTarget({ url: `${url}?options=-c%20search_path%3Dnowhere` }),
    );
    expect(said).toMatch(/^No schema of the search path is there in postgres:.*\?schema=onsync/);
  });

  test("a user who may make no tables is told what to do", async () => {
    const url = await createDatabase();
    await queryPostgres(url, "CREATE ROLE reader LOGIN PASSWORD 'made-up-too'");
    const { host, pathname } = new URL(url);
    const { message: said } = await catchError(
      openPostgresTarget({ url: `postgres://reader:made-up-too@${host}${pathname}` }),
    );
    expect(said).toMatch(/permission denied for schema public\. Let the user make tables there \(GRANT/);
  });

  test("a refused row is told of without what is in it", async () => {
    const url = await createDatabase();
    await withTarget(await openPostgresTarget({ url }), async (target) => {
      await target.commit([{ table: messages, rows: [message("msg_1")] }], none);
      await queryPostgres(url, "ALTER TABLE messages ADD CHECK (content IS NULL)");
      const { shown } = await catchError(
        target.commit([{ table: messages, rows: [message("msg_2", { content: "the customer's words" })] }], none),
      );
      expect(shown).toContain("violates check constraint");
      expect(shown).not.toContain("the customer's words");
    });
  });
});
