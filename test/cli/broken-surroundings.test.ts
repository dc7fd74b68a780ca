/** Commands whose files, addresses and servers are not as they need them: what a person reads then, and the exit code. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { formatError, toErrorReport } from "../../cli/output/error-report.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { onsync } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-surroundings-"));
const at = (name: string): string => join(folder, name);
const key = { ONSYNC_API_KEY: "onsync_pk_test_ci" };
const secrets = { ONSYNC_WEBHOOK_SECRETS: "a-secret" };

let server: Server;
let port: string;
let locks: DatabaseSync[];
beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<html>Welcome to nginx</html>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = String((server.address() as AddressInfo).port);
  mkdirSync(at("folder"));
  writeFileSync(at("notes.txt"), "Dear diary, these are my notes and no database");
  await openSqliteLedger({ file: at("locked-sends.db") }).close();
  await openSqliteStore({ file: at("locked-events.db") }).close();
  locks = ["locked-sends.db", "locked-events.db"].map((name) => {
    const sql = new DatabaseSync(at(name));
    sql.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return sql;
  });
});
afterAll(() => {
  server.close();
  for (const sql of locks) sql.close();
  rmSync(folder, { recursive: true });
});

// A command that ends in its test leaves what it listens for stops with, which its process would have taken with it.
afterEach(() => {
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
});

const isFolder = "it is a folder, not a file";
const isNotThere = "it is not there, or its folder is not";
const isNoDatabase = "it is no database of SQLite";

/** What is run, with PORT for a port in use and FOLDER for a folder; the environment; the exit code; what is said. */
type Row = [string[], Record<string, string>, 1 | 2, ...string[]];
const rows: Row[] = [
  [["reference", "--port", "PORT"], {}, 1, "is in use already", "choose another with --port"],
  [["reference", "--port", "0", "--host", "no-such-host.invalid"], {}, 1, "cannot be resolved", "such as 127.0.0.1"],
  [["reference", "--port", "0", "--data", "FOLDER/folder"], {}, 2, "--data", isFolder, "Give a path"],
  [["reference", "--port", "0", "--data", "FOLDER/none/x.db"], {}, 2, "--data", isNotThere, "Give a path"],
  [["reference", "--port", "0", "--data", "FOLDER/notes.txt"], {}, 2, "--data", isNoDatabase, "Give a path"],
  [["reference", "--port", "0", "--data", "FOLDER/locked-sends.db"], {}, 2, "--data", "has it locked", "Give a path"],
  [["start", "--port", "PORT"], {}, 1, "is in use already", "choose another with --port"],
  [["start", "--port", "0", "--data", "FOLDER/folder"], {}, 2, "--data", isFolder, "Give a path"],
  [
    ["start", "--port", "0", "--ledger", "FOLDER/notes.txt"],
    {},
    2,
    "--ledger",
    "not a send ledger",
    "name another file",
  ],
  [["listen", "--port", "PORT", "--data", "FOLDER/events.db"], secrets, 1, "is in use already", "--port"],
  [["listen", "--port", "0", "--data", "FOLDER/folder"], secrets, 2, isFolder, "name another file"],
  [["listen", "--port", "0", "--data", "FOLDER/none/e.db"], secrets, 2, isNotThere, "name another file"],
  [["listen", "--port", "0", "--data", "FOLDER/notes.txt"], secrets, 2, isNoDatabase, "name another file"],
  [
    ["listen", "--port", "0", "--redis", "redis://127.0.0.1:1"],
    secrets,
    2,
    "no Redis to work with",
    "Check the address",
  ],
  [["events", "list", "--data", "FOLDER/none.db"], {}, 2, "There is no event file", "--data"],
  [["events", "list", "--data", "FOLDER/folder"], {}, 2, isFolder, "name another file"],
  [["events", "list", "--data", "FOLDER/locked-events.db"], {}, 2, "has it locked", "name another file"],
  [["sends", "list", "--ledger", "FOLDER/folder"], {}, 2, "--ledger", isFolder, "name another file"],
  [["sends", "list", "--ledger", "FOLDER/none.db"], {}, 2, "--ledger", "there is no send ledger", "name the one"],
  [["sends", "list", "--ledger", "redis://127.0.0.1:1"], {}, 2, "no Redis to work with", "Check the address"],
  [["import", "contacts", "FOLDER/none.csv"], key, 2, "cannot be read (ENOENT)", "check its path"],
  [["import", "contacts", "FOLDER/folder"], key, 2, "cannot be read (EISDIR)", "check its path"],
  [["export", "contacts", "--to", "FOLDER/none/out.csv"], key, 2, "--to", "its folder is not there", "Make it"],
  [["export", "contacts", "--to", "postgres://me@127.0.0.1:1/db"], key, 2, "no Postgres to work with", "the password"],
  [
    ["sync", "--from", "FOLDER/none.csv", "--to", "FOLDER/none.csv"],
    key,
    2,
    "cannot be read (ENOENT)",
    "check its path",
  ],
  [["mcp", "--http", "--port", "PORT"], key, 1, "is in use already", "choose another with --port"],
  [["mcp", "--http", "--port", "0", "--ledger", "FOLDER/folder"], key, 2, "--ledger", isFolder, "name another file"],
  [
    ["mcp", "--http", "--port", "0", "--events", "FOLDER/none.db"],
    key,
    2,
    "--events: there is no event file",
    "onsync listen --data FILE",
  ],
  [
    ["mcp"],
    { ONSYNC_API_KEY_FILE: "FOLDER/none" },
    2,
    "ONSYNC_API_KEY_FILE",
    "cannot be read (ENOENT)",
    "check the path",
  ],
  [
    ["doctor"],
    { ...key, ONSYNC_BASE_URL: "http://127.0.0.1:PORT/v1" },
    1,
    "not a JSON object",
    "Check that the base URL",
  ],
  [["call", "get_account"], { ...key, ONSYNC_BASE_URL: "https://127.0.0.1:PORT/v1" }, 1, "does not speak TLS"],
];

test.each(rows)("onsync %j says what is wrong and what to do", async (args, env, code, ...said) => {
  const here = (text: string): string => text.replace("PORT", port).replace("FOLDER", folder);
  const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, here(value)]));
  const done = await onsync(args.map(here), { env: { HOME: folder, ...given } });
  const shown = done.stdout + done.stderr;
  expect([done.code, shown]).toEqual([code, expect.any(String)]);
  for (const part of said) expect(shown).toContain(part);
  expect(shown).not.toMatch(/did not foresee|^ +at |SQLITE_|undefined/m);
});

describe("a disk that fails a command in the middle", () => {
  const failWith = (error: object): unknown => Object.assign(new Error("made for programs"), error);
  test.each([
    [
      "a full disk",
      failWith({ code: "ENOSPC", path: "/data/out.csv" }),
      "/data/out.csv cannot be used: the disk is full.",
    ],
    ["a quota that is used up", failWith({ code: "EDQUOT", path: "/data/a" }), "the disk's quota is used up"],
    ["a disk that may only be read", failWith({ code: "EROFS", path: "/data/a" }), "the disk may only be read"],
    [
      "rights that are missing",
      failWith({ code: "EACCES", path: "/data/a" }),
      "/data/a cannot be used: permission denied.",
    ],
    [
      "a full disk under SQLite",
      failWith({ code: "ERR_SQLITE_ERROR", errcode: 13 }),
      "A file cannot be used: the disk is full",
    ],
    [
      "a damaged file",
      failWith({ code: "ERR_SQLITE_ERROR", errcode: 11 }),
      "it is damaged: put a copy of it in its place",
    ],
    [
      "a damaged index of words",
      failWith({
        code: "ERR_SQLITE_ERROR",
        errcode: 1,
        message: "invalid fts5 file format (found 0, expected 4 or 5)",
      }),
      "it is damaged: put a copy of it in its place",
    ],
    ["a file that may only be read", failWith({ code: "ERR_SQLITE_ERROR", errcode: 1544 }), "may only be read"],
  ])("%s is told in words, with what to do", (_name, error, said) => {
    expect(formatError(error)).toContain(said);
    expect(formatError(error)).toContain("Mend that, or name another file");
    expect(toErrorReport(error)).toMatchObject({ code: "file", retryable: false });
  });
});

describe("npm, which keeps options for itself", () => {
  test("is not said to have kept an option that did reach the command", async () => {
    const env = { npm_lifecycle_event: "onsync", npm_config_yes: "true", npm_config_dry_run: "true" };
    for (const args of [
      ["import", "none.csv", "--yes", "--dry-run"],
      ["forget", "--yes=", "--dry-run", "x"],
    ]) {
      const { stderr } = await onsync(args, { env });
      expect(stderr).not.toContain("npm has kept");
    }
  });

  test.each<[string[], Record<string, string>, string]>([
    [["start", "5000"], { npm_lifecycle_event: "start", npm_config_port: "true" }, "`npm start -- --port …`"],
    [["start"], { npm_lifecycle_event: "start", npm_config_port: "5000" }, "`npm start -- --port …`"],
    [["call"], { npm_lifecycle_event: "onsync", npm_config_list: "true" }, "`npm run onsync -- call --list`"],
  ])("onsync %j with %j says how they are given", async (args, env, said) => {
    const { code, stderr } = await onsync(args, { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  test("is not mistaken where it has kept none", async () => {
    const env = { npm_lifecycle_event: "start", npm_config_json: "true", npm_config_cache: "/tmp" };
    expect((await onsync(["start", "--port", "1.5"], { env })).stderr).toContain("whole number");
  });
});
