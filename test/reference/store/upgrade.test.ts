/** Data files and snapshots of format 2, which knew no triggers, summaries or carrier. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "@jest/globals";
import type { Snapshot } from "../../../reference/index.ts";
import { still } from "../caller.ts";
import { createFolder } from "../folders.ts";

const newTables = ["triggers", "trigger_runs", "summaries", "carriage"];

/** What the version before made of these requests: all of it, without what came after. */
async function createOldFile(): Promise<{ data: string; contacts: unknown }> {
  const data = join(createFolder(), "reference.db");
  let contacts: unknown;
  {
    await using api = still({ data, keys: ["onsync_pk_test_known00000000"] });
    await api.inbound();
    contacts = (await api.call("GET", "/v1/contacts")).body.data;
  }
  const sql = new DatabaseSync(data);
  for (const table of newTables) sql.exec(`DROP TABLE ${table}`);
  sql.exec("PRAGMA user_version = 2");
  sql.close();
  return { data, contacts };
}

test("a file of format 2 is brought to this one, with all that is in it, and stays so", async () => {
  const { data, contacts } = await createOldFile();
  for (const name of ["One", "Two"]) {
    await using api = still({ data, keys: ["onsync_pk_test_known00000000"] });
    expect((await api.call("GET", "/v1/contacts")).body.data).toEqual(contacts);
    await api.reference.control.triggers.create({ name, actions: { addTags: ["x"] } });
  }
  await using api = still({ data });
  expect(await api.reference.control.triggers.list()).toMatchObject([{ name: "One" }, { name: "Two" }]);
});

test("an upgrade that breaks off in the middle leaves the file as it was, and the next start does it", async () => {
  const { data, contacts } = await createOldFile();
  const sql = new DatabaseSync(data);
  // The last table of the upgrade is there already: the upgrade fails at it.
  sql.exec("CREATE TABLE carriage (n INTEGER)");
  expect(() => still({ data })).toThrow("already exists");
  const listTables = () =>
    sql
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => name);
  expect(listTables()).not.toContain("triggers");
  sql.exec("DROP TABLE carriage");
  sql.close();
  await using api = still({ data, keys: ["onsync_pk_test_known00000000"] });
  expect((await api.call("GET", "/v1/contacts")).body.data).toEqual(contacts);
});

test("a snapshot of format 2 is taken", async () => {
  await using one = still();
  await one.inbound();
  const snapshot = one.reference.snapshot();
  const data = Object.fromEntries(Object.entries(snapshot.data).filter(([table]) => !newTables.includes(table)));
  await using other = still();
  await other.reference.control.triggers.create({ name: "T", actions: { addTags: ["x"] } });
  await other.reference.restore({ ...snapshot, version: 2, data } as Snapshot);
  expect(await other.reference.control.triggers.list()).toEqual([]);
  expect((await other.call("GET", "/v1/contacts")).body.data).toHaveLength(1);
});
