/** Copies that are made of files while they are written, by the command of docs/deploy.md, and what is in them. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterAll, expect, test } from "@jest/globals";
import { createReference } from "../../reference/index.ts";
import { openJournal } from "../../src/data/index.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../testing/events.ts";
import { leaseMs, messageOf, sent } from "../ledger/messages.ts";
import { judgeCopy, type Load, startLoad, waitForMore } from "./load.ts";

const scratch = mkdtempSync(join(tmpdir(), "onsync-backup-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const page = readFileSync(join(import.meta.dirname, "../../docs/deploy.md"), "utf8");
const [, documented = ""] = /`(node -e "[^`]*VACUUM INTO[^`]*)`/.exec(page) ?? [];
const shell = promisify(execFile);

/** The page's command, for these files and this Node. */
async function copy(file: string, to: string): Promise<{ from: number; to: number }> {
  const command = documented
    .replace("events.db", file)
    .replace("copy.db", to)
    .replace(/^node /, `"${process.execPath}" `);
  const from = performance.now();
  await shell("sh", ["-c", `umask 077; ${command}`]);
  return { from, to: performance.now() };
}

/** Has a file copied between what is done before and what is done after. */
async function copyUnder(load: Load, file: string): Promise<{ path: string; from: number; to: number }> {
  const path = `${file}.copy`;
  await waitForMore(load, 200);
  const moment = await copy(file, path);
  await waitForMore(load, 50);
  await load.end();
  expect(statSync(path).mode & 0o077).toBe(0);
  const sql = new DatabaseSync(path, { readOnly: true });
  expect(sql.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  sql.close();
  return { path, ...moment };
}

const nothingWrong = { missing: [], early: [], before: expect.any(Number), after: expect.any(Number) };

test("an event file is copied while events are accepted and handed on: all that was acknowledged, and what became of it", async () => {
  const file = join(scratch, "events.db");
  const store = openSqliteStore({ file });
  const accepting = startLoad(async (number) => {
    await store.accept(toIncoming(messageEvent(`evt_${number}`, `key_${number % 7}`)));
    return `evt_${number}`;
  });
  const handingOn = startLoad(async () => {
    const [claimed] = await store.take(1);
    if (claimed) await store.done(claimed);
    return `done ${claimed?.id}`;
  }, 1);
  const { path, ...moment } = await copyUnder(accepting, file);
  await handingOn.end();
  await store.close();

  const copied = openSqliteStore({ file: path });
  const events = await copied.list({ limit: 1_000_000 });
  await copied.close();
  expect(judgeCopy(accepting.done, new Set(events.map(({ id }) => id)), moment)).toEqual(nothingWrong);
  const done = events.filter(({ state }) => state === "done").map(({ id }) => `done ${id}`);
  expect(
    judgeCopy(
      handingOn.done.filter(({ key }) => key !== "done undefined"),
      new Set(done),
      moment,
    ),
  ).toEqual(nothingWrong);
  expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
});

test("a ledger is copied while sends are claimed and recorded: each claim that was granted, each outcome that was noted", async () => {
  const file = join(scratch, "sends.db");
  const ledger = openSqliteLedger({ file });
  const claiming = startLoad(async (number) => {
    await ledger.claim(messageOf(`order-${number}`), { leaseMs });
    return `order-${number}`;
  });
  const sending = startLoad(async (number) => {
    const { entry } = await ledger.claim(messageOf(`sent-${number}`), { leaseMs });
    await ledger.record(entry, sent, entry.claimId);
    return `sent-${number}`;
  });
  const { path, ...moment } = await copyUnder(claiming, file);
  await sending.end();
  await ledger.close();

  const copied = openSqliteLedger({ file: path });
  const entries = await copied.list({ limit: 1_000_000 });
  await copied.close();
  expect(judgeCopy(claiming.done, new Set(entries.map(({ reference }) => reference)), moment)).toEqual(nothingWrong);
  const recorded = entries.filter(({ state }) => state === "sent").map(({ reference }) => reference);
  expect(judgeCopy(sending.done, new Set(recorded), moment)).toEqual(nothingWrong);
});

test("a data file of the reference is copied while requests change it: each with all that it caused", async () => {
  const file = join(scratch, "reference.db");
  const reference = createReference({ data: file, deliver: async () => ({ status: 200 }), rateLimit: 1_000_000 });
  const call = (path: string, body: object): Promise<Response> =>
    reference.fetch(
      new Request(`http://127.0.0.1/v1${path}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${reference.key}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  await call("/webhooks", { url: "https://example.com/hooks", events: ["contact.created"] });
  const load = startLoad(async (number) => {
    const phone = `+9715${String(number).padStart(8, "0")}`;
    expect((await call("/contacts", { phone })).status).toBe(201);
    return phone;
  });
  const { path, ...moment } = await copyUnder(load, file);
  await reference.close();

  const copied = createReference({ data: path, deliver: async () => ({ status: 200 }) });
  const { data } = copied.snapshot();
  await copied.close();
  const phones = data.contacts.map(({ phone }) => String(phone));
  expect(judgeCopy(load.done, new Set(phones), moment)).toEqual(nothingWrong);
  expect(data.events.map(({ body }) => JSON.parse(String(body)).data.phone).sort()).toEqual(phones.sort());
  expect(data.deliveries).toHaveLength(data.events.length);
});

test("the journal of an import is not copied while the import has it, and says that it is locked", async () => {
  const file = join(scratch, "contacts.csv.journal");
  const journal = openJournal(file);
  await expect(copy(file, `${file}.copy`)).rejects.toThrow("database is locked");
  journal.setFact("org", "org_1");
  journal.close();
  await copy(file, `${file}.later`);
  const copied = openJournal(`${file}.later`);
  expect(copied.fact("org")).toBe("org_1");
  copied.close();
});
