/** `onsync forget --export`: a person's rows, in every version and every byte, and everybody else's. */
import { mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { exportTables } from "../../../src/data/export/records.ts";
import { openDuckDbTarget } from "../../../src/data/export/targets/duckdb.ts";
import { openFileTarget, reopenFileTarget } from "../../../src/data/export/targets/file-target.ts";
import type { ExportTarget } from "../../../src/data/index.ts";
// What the command loads on demand: see test/cli/command.ts.
import "../../../src/data/export/targets/parts/parquet-part.ts";
import "@duckdb/node-api";
import { countTraces, omar, type Someone, sara } from "../../../testing/forget/two-people.ts";
import { onsync } from "../command.ts";
import { createWorldForEachTest, folder, lastLine, run, world } from "./forgetting.ts";

createWorldForEachTest();

async function exportTo(place: string, ...more: string[]) {
  const env = { ONSYNC_BASE_URL: world.url, ONSYNC_API_KEY: world.reference.key, XDG_STATE_HOME: folder.path };
  const { code, stderr } = await onsync(["export", "contacts", "messages", "conversations", "--to", place, ...more], {
    env,
  });
  expect({ isDone: code === 0 || code === 3, stderr }).toEqual({ isDone: true, stderr: expect.any(String) });
}

/** What the export shows to a reader, by table. */
async function readAll(target: ExportTarget) {
  const counts: Record<string, number> = {};
  for (const table of Object.values(exportTables)) counts[table.name] = await target.count(table);
  const contacts = await target.read(exportTables.contacts, [world.ids.sara, world.ids.omar]);
  const conversations = await target.read(
    exportTables.conversations,
    [sara, omar].map(({ phone }) => `whatsapp:${phone}`),
  );
  const state = await target.listState("backfill:", null, 1000);
  await target.close();
  return { counts, contacts, conversations, names: state.map(({ name }) => name) };
}

/** Names are in files as they are; the rest may be in a form that bytes do not show. */
function isTraced(place: string, someone: Someone): boolean {
  return Object.values(countTraces(place, someone)).some((count) => count > 0);
}

const places: [string, (at: string) => { place: string; args: string[]; open: () => Promise<ExportTarget> }][] = [
  ...(["ndjson", "csv", "parquet"] as const).map((format): (typeof places)[number] => [
    `a folder of ${format}`,
    (at) => ({
      place: join(at, "rows"),
      args: ["--format", format],
      open: async () => reopenFileTarget({ path: join(at, "rows"), state: join(at, "rows.state") }),
    }),
  ]),
  [
    "a file of DuckDB",
    (at) => ({
      place: `duckdb:${join(at, "rows.duckdb")}`,
      args: [],
      open: () => openDuckDbTarget({ file: join(at, "rows.duckdb") }),
    }),
  ],
];

describe.each(places)("from %s", (_what, choose) => {
  test("all of the person goes, everybody else's rows stay, and the export goes on", async () => {
    const at = mkdtempSync(join(folder.path, "export-"));
    const { place, args, open } = choose(at);
    await exportTo(place, ...args);
    await fetch(`${world.url}/contacts/${world.ids.sara}`, {
      method: "PATCH",
      headers: { Authorization: `Bearer ${world.reference.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ lastName: `${sara.lastName}-II` }),
    });
    // A second version of her, in a part of its own.
    await exportTo(place, ...args);
    const before = await readAll(await open());
    expect(before.contacts).toHaveLength(2);
    expect(isTraced(at, omar)).toBe(true);

    const { code, stdout, stderr } = await run([world.ids.sara, "--export", place, "--yes", "--json"]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(lastLine(stdout)).toMatchObject({
      places: [{ place, found: { contacts: 1, conversations: 1, messages: 2 }, stays: {} }],
      remains: { places: [] },
    });
    expect(isTraced(at, sara)).toBe(false);
    const after = await readAll(await open());
    const less = { contacts: 1, conversations: 1, messages: 2 };
    expect(after.counts).toEqual(
      Object.fromEntries(
        Object.entries(before.counts).map(([name, count]) => [name, count - less[name as "contacts"]]),
      ),
    );
    expect(after.contacts).toEqual(before.contacts.filter(({ id }) => id === world.ids.omar));
    expect(after.conversations).toEqual(before.conversations.filter(({ id }) => id === `whatsapp:${omar.phone}`));
    expect(after.names.filter((name) => name.includes(`${sara.phone}`) && !name.includes(omar.phone))).toEqual([]);
    const again = await run([world.ids.sara, "--export", place, "--yes", "--json"]);
    expect(lastLine(again.stdout)).toMatchObject({
      places: [{ found: { contacts: 0, conversations: 0, messages: 0 } }],
    });
    await world.reference.control.inbound({ platform: "whatsapp", from: omar.phone, content: "Is anybody there?" });
    await world.reference.control.inbound({ platform: "whatsapp", from: sara.phone, content: sara.words[0] as string });
    await exportTo(place, ...args, "--verify", "all");
    // OnSync still has her: she does not come back.
    const later = await readAll(await open());
    expect(later.counts).toEqual({ ...after.counts, messages: (after.counts.messages ?? 0) + 1 });
    expect(later.names.filter((name) => name.includes(`${sara.phone}`) && !name.includes(omar.phone))).toEqual([]);
    expect(isTraced(at, sara)).toBe(false);
    expect(isTraced(at, omar)).toBe(true);
  });
});

test("a dry run counts, and changes no byte of an export", async () => {
  const at = mkdtempSync(join(folder.path, "export-"));
  await exportTo(join(at, "rows"));
  const before = countTraces(join(at, "rows"), sara);
  const { stdout } = await run([world.ids.sara, "--export", join(at, "rows/"), "--dry-run"]);
  expect(stdout).toContain("rows/: 1 contact, 1 conversation, 2 messages\n");
  expect(countTraces(join(at, "rows"), sara)).toEqual(before);
});

test("stopped before any step, the same again finishes it, and loses no row of others", async () => {
  const order = ["contacts", "conversations", "messages"] as const;
  const conversationIds = new Set([`whatsapp:${sara.phone}`]);
  const person = { contactIds: new Set([world.ids.sara]), conversationIds };
  for (let stopAt = 1; ; stopAt++) {
    const at = mkdtempSync(join(folder.path, "export-"));
    await exportTo(join(at, "rows"));
    const { counts } = await readAll(reopenFileTarget({ path: join(at, "rows"), state: join(at, "rows.state") }));
    let steps = 0;
    const onStep = () => {
      steps += 1;
      if (steps === stopAt) throw new Error("stopped");
    };
    const options = {
      path: join(at, "rows"),
      layout: "folder",
      format: "ndjson",
      state: join(at, "rows.state"),
    } as const;
    const stopped = openFileTarget({ ...options, onStep });
    const isStopped = await stopped.purge(person, false).then(
      () => false,
      () => true,
    );
    await stopped.close();
    const target = openFileTarget(options);
    await target.purge(person, false);
    await target.close();
    expect([stopAt, isTraced(at, sara)]).toEqual([stopAt, false]);
    const after = await readAll(openFileTarget(options));
    const gone = { contacts: 1, conversations: 1, messages: 2 };
    for (const name of order)
      expect([stopAt, name, after.counts[name]]).toEqual([stopAt, name, (counts[name] ?? 0) - gone[name]]);
    expect(readdirSync(join(at, "rows"), { recursive: true }).filter((name) => String(name).endsWith(".part"))).toEqual(
      [],
    );
    if (!isStopped) break;
  }
});

test.each([
  [["--export", "/nowhere/rows"], "--export: there is no export /nowhere/rows"],
  [["--export", "duckdb:/nowhere/rows.duckdb"], "--export: there is no export /nowhere/rows.duckdb"],
  [["--state", "x.state"], "--state is the state of one export to files"],
])("%j says what is wrong", async (args, says) => {
  const { code, stderr } = await run(["contact_1", ...args, "--yes"]);
  expect({ code, says: stderr.includes(says) || stderr }).toEqual({ code: 2, says: true });
});
