/** A CRM's file and the reference API, kept the same: who owns what, what is a conflict, and what is left alone. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openState, openSyncState } from "../../../src/data/index.ts";
import { openSqliteStore } from "../../../src/webhooks/index.ts";
import { contactsOf, fault, pairOf } from "../../../testing/imports/against-reference.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { syncFile } from "../../../testing/syncs/sync-file.ts";
import { peerOf } from "../../../testing/virtual-pair.ts";
import { only, read, sara, write } from "./on-reference.ts";

test("rows become contacts and contacts rows, and a second sync writes nothing and reads no more than the list", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  write(folder.path, [sara]);
  await peerOf(pair.reference).contacts.save({ firstName: "Ali", phone: "+971500000002", tags: ["vip"] });
  const { plan, result } = await syncFile(folder.path, pair);
  expect(plan).toMatchObject({ rows: 1, new: 1, changed: 0, requests: 2 });
  expect(result).toMatchObject({ created: 1, updated: 0, changed: 0, added: 1, conflicts: [], requests: 2 });
  expect(read(folder.path)).toEqual([sara, ",Ali,,+971500000002,,vip,"]);
  const text = readFileSync(join(folder.path, "crm.csv"));
  pair.requests.length = 0;
  const again = await syncFile(folder.path, pair);
  expect(again.result).toMatchObject({ created: 0, updated: 0, changed: 0, added: 0, conflicts: [], requests: 1 });
  expect(pair.requests).toEqual(["GET /contacts"]);
  expect(readFileSync(join(folder.path, "crm.csv"))).toEqual(text);
});

test("a field goes from the side that changed it to the other; what both changed is listed, and left on both", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  write(folder.path, [sara]);
  await syncFile(folder.path, pair);
  const { id } = await only(pair);
  await peerOf(pair.reference).contacts.update(id, { firstName: "Zara", tags: ["lead", "vip"] });
  write(folder.path, [sara.replace("Hussein", "Hassan").replace("Sara", "Sarah")]);
  const { result } = await syncFile(folder.path, pair);
  expect(result.conflicts).toEqual([
    {
      line: 2,
      key: "crm_1",
      contactId: id,
      field: "firstName",
      crm: "Sarah",
      inbox: "Zara",
      reason: expect.any(String),
    },
  ]);
  expect(read(folder.path)).toEqual(["crm_1,Sarah,Hassan,+971500000001,sara@example.com,lead;vip,ours"]);
  expect(await only(pair)).toMatchObject({ firstName: "Zara", lastName: "Hassan", tags: ["lead", "vip"] });
  // It stays one until a person has made both the same.
  expect((await syncFile(folder.path, pair)).result.conflicts).toHaveLength(1);
  await peerOf(pair.reference).contacts.update(id, { firstName: "Sarah" });
  expect((await syncFile(folder.path, pair)).result).toMatchObject({ conflicts: [], changed: 0, updated: 0 });
});

test("the owner's value counts wherever it differs", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  write(folder.path, [sara]);
  const owners = ["firstName=crm", "lastName=inbox"];
  await syncFile(folder.path, { ...pair, owners });
  const { id } = await only(pair);
  await peerOf(pair.reference).contacts.update(id, { firstName: "Zara", lastName: "Hassan" });
  write(folder.path, [sara.replace("Hussein", "Husain")]);
  const { result } = await syncFile(folder.path, { ...pair, owners });
  expect(result).toMatchObject({ conflicts: [], updated: 1, changed: 1 });
  expect(await only(pair)).toMatchObject({ firstName: "Sara", lastName: "Hassan" });
  expect(read(folder.path)[0]).toContain("Sara,Hassan");
});

test("an emptied field is emptied on the other side; a deleted row or contact is deleted on none", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  write(folder.path, [sara]);
  await syncFile(folder.path, pair);
  write(folder.path, [sara.replace("Hussein", "")]);
  await syncFile(folder.path, pair);
  expect(await only(pair)).toMatchObject({ lastName: null });
  write(folder.path, []);
  expect((await syncFile(folder.path, pair)).result).toMatchObject({ added: 0, rowsGone: 1, conflicts: [] });
  expect(read(folder.path)).toEqual([]);
  await only(pair);
});

test("a cell that is not valid is listed, and the row's other fields go", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  write(folder.path, ["crm_1,Sara,,12,not an address,,", "crm_2,Ali,Khan,+971500000002,,,", "crm_3,a,b"]);
  const { result } = await syncFile(folder.path, pair);
  expect(result.conflicts.map(({ line, field }) => [line, field])).toEqual([
    [4, ""],
    [2, "phone"],
    [2, "email"],
  ]);
  expect((await contactsOf(pair.reference)).map(({ firstName }) => firstName).sort()).toEqual(["Ali", "Sara"]);
});

test("without the list of contacts they are read one by one, and found by their identifiers without a field written over", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf({ extensions: false });
  const saved = await peerOf(pair.reference).contacts.save({ firstName: "Zara", phone: "+971500000001" });
  write(folder.path, [sara]);
  const { result } = await syncFile(folder.path, pair);
  expect(result).toMatchObject({ reading: "one by one", created: 0 });
  expect(result.conflicts).toMatchObject([{ field: "firstName", crm: "Sara", inbox: "Zara" }]);
  expect(await peerOf(pair.reference).contacts.get(saved.id)).toMatchObject({ firstName: "Zara", lastName: "Hussein" });
  pair.requests.length = 0;
  await syncFile(folder.path, pair);
  expect(pair.requests).toEqual(["GET /contacts", `GET /contacts/${saved.id}`]);
});

test("with the events of a receiver the inbox's changes take no request, and the sync's own are not sent again", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  const store = openSqliteStore({ file: join(folder.path, "events.db"), claim: false });
  try {
    write(folder.path, [sara]);
    await syncFile(folder.path, { ...pair, events: store });
    const { id } = await only(pair);
    const accept = async (name: string, type: "contact.created" | "contact.updated") => {
      const { requestId: _r, timestamp: _t, activity: _a, ...data } = await peerOf(pair.reference).contacts.get(id);
      const event = { id: name, type, orgId: data.orgId, createdAt: data.createdAt, data };
      await store.accept({ event, body: JSON.stringify(event) } as Parameters<typeof store.accept>[0]);
    };
    // The echo of what the sync itself has sent.
    await accept("evt_1", "contact.created");
    pair.requests.length = 0;
    expect((await syncFile(folder.path, { ...pair, events: store })).result).toMatchObject({ changed: 0, updated: 0 });
    await pair.clock.sleep(1_000);
    await peerOf(pair.reference).contacts.update(id, { lastName: "Hassan" });
    await accept("evt_2", "contact.updated");
    const { plan, result } = await syncFile(folder.path, { ...pair, events: store });
    expect(plan).toMatchObject({ toCrm: 1, requests: 0, reading: { how: "events", requests: 0 } });
    expect(result).toMatchObject({ changed: 1, updated: 0, requests: 0, conflicts: [] });
    expect(read(folder.path)[0]).toContain("Sara,Hassan");
    expect(pair.requests).toEqual([]);
  } finally {
    await store.close();
  }
});

test("an answer that is lost is looked for before anything is sent again", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  write(folder.path, [sara]);
  await syncFile(folder.path, pair);
  write(folder.path, [sara.replace("Hussein", "Hassan")]);
  const { id } = await only(pair);
  await fault(pair, { path: `/v1/contacts/${id}`, kind: "drop_response", times: 1 });
  pair.requests.length = 0;
  const { result } = await syncFile(folder.path, pair);
  expect(result).toMatchObject({ updated: 1, conflicts: [] });
  expect(pair.requests).toEqual(["GET /contacts", `PATCH /contacts/${id}`, `GET /contacts/${id}`]);
  expect(await only(pair)).toMatchObject({ lastName: "Hassan" });
});

test("the state holds no value of a contact, and is refused to a key of another org", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  write(folder.path, [sara]);
  await syncFile(folder.path, pair);
  expect(existsSync(join(folder.path, "crm.csv.sync"))).toBe(true);
  const state = readFileSync(join(folder.path, "crm.csv.sync"), "latin1");
  for (const secret of ["Sara", "Hussein", "971500000001", "sara@", "crm_1", pair.reference.key])
    expect(state).not.toContain(secret);
  const store = openSyncState(join(folder.path, "crm.csv.sync"));
  const opened = await openState(store);
  opened.setFact("org", "org_of_somebody_else");
  await opened.save();
  await store.close();
  await expect(syncFile(folder.path, pair)).rejects.toMatchObject({ name: "MovementStopped" });
});

test("where events are no longer kept, all of the inbox is read again", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  const kept = { gap: false };
  const events = {
    end: async () => ({ log: "log", position: 5 }),
    read: async ({ after }: { after: number }) => ({ events: [], upTo: after, more: false, gap: kept.gap }),
  };
  write(folder.path, [sara]);
  await syncFile(folder.path, { ...pair, events });
  await peerOf(pair.reference).contacts.update((await only(pair)).id, { lastName: "Hassan" });
  expect((await syncFile(folder.path, { ...pair, events })).result).toMatchObject({ reading: "events", changed: 0 });
  kept.gap = true;
  expect((await syncFile(folder.path, { ...pair, events })).result).toMatchObject({ reading: "list", changed: 1 });
});

test("a contact that was read more than a minute ago is read again before a field that nobody owns is written", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf({ rateLimit: 100 });
  const phones = Array.from({ length: 40 }, (_, index) => `+9715000000${10 + index}`);
  const rows = (name: string) => phones.map((phone, index) => `crm_${index},${name},,${phone},,,`);
  write(folder.path, rows("Sara"));
  await syncFile(folder.path, pair);
  write(folder.path, rows("Zara"));
  const last = (await contactsOf(pair.reference)).find(({ phone }) => phone === phones.at(-1));
  const edit = peerOf(pair.reference).contacts;
  let edited = false;
  // While the hour's share is waited for, somebody changes the last one.
  const request = pair.clock.sleep;
  pair.clock.sleep = async (ms, signal) => {
    if (ms > 30_000 && !edited) {
      edited = true;
      await edit.update(String(last?.id), { firstName: "Nora" });
    }
    await request(ms, signal);
  };
  const { result } = await syncFile(folder.path, pair);
  expect(edited).toBe(true);
  expect(result.conflicts).toMatchObject([{ field: "firstName", crm: "Zara", inbox: "Nora" }]);
  expect(result.updated).toBe(39);
}, 60_000);
