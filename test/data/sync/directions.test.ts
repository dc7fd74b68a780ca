/** One direction alone, and another place than the one that is read. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { contactsOf, pairOf } from "../../../testing/imports/against-reference.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { syncFile } from "../../../testing/syncs/sync-file.ts";
import { peerOf } from "../../../testing/virtual-pair.ts";
import { only, read, sara, write } from "./on-reference.ts";

describe("one direction", () => {
  test("from the CRM: its values count, and its file is never written", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    write(folder.path, [sara]);
    await peerOf(pair.reference).contacts.save({ firstName: "Ali", phone: "+971500000002" });
    await syncFile(folder.path, { ...pair, to: null });
    const contact = (await contactsOf(pair.reference)).find(({ firstName }) => firstName === "Sara");
    await peerOf(pair.reference).contacts.update(String(contact?.id), { lastName: "Hassan" });
    expect((await syncFile(folder.path, { ...pair, to: null })).result).toMatchObject({ updated: 1, conflicts: [] });
    expect(read(folder.path)).toEqual([sara]);
  });

  test("to the CRM: the inbox's values count, and OnSync is only read", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    write(folder.path, ["crm_1,Sarah,,+971500000001,,,ours", "crm_2,Eve,,+971500000002,,,"]);
    await peerOf(pair.reference).contacts.save({ firstName: "Sara", phone: "+971500000001", tags: ["lead"] });
    await syncFile(folder.path, { ...pair, from: null });
    expect(read(folder.path)).toEqual(["crm_1,Sara,,+971500000001,,lead,ours", "crm_2,Eve,,+971500000002,,,"]);
    expect(pair.requests).toEqual(["GET /contacts"]);
  });

  test("to another file: it takes the rows that the inbox has changed, and the CRM's own stays", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    write(folder.path, [sara]);
    write(folder.path, [], "changes.csv");
    const both = { ...pair, to: "changes.csv" };
    await syncFile(folder.path, both);
    await peerOf(pair.reference).contacts.update((await only(pair)).id, { lastName: "Hassan" });
    expect((await syncFile(folder.path, both)).result).toMatchObject({ added: 1, conflicts: [] });
    expect(read(folder.path)).toEqual([sara]);
    expect(read(folder.path, "changes.csv")).toEqual(["crm_1,Sara,Hassan,+971500000001,sara@example.com,lead,"]);
    // The CRM has not taken it yet: that is no change of its own.
    expect((await syncFile(folder.path, both)).result).toMatchObject({ updated: 0, added: 0, changed: 0 });
    expect(await only(pair)).toMatchObject({ lastName: "Hassan" });
    write(folder.path, [sara.replace("Hussein", "Hassan")]);
    expect((await syncFile(folder.path, both)).result).toMatchObject({ updated: 0, conflicts: [] });
  });
});

test("a contact without a phone, e-mail address or external id in the CRM's columns is counted, and gets no row", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  writeFileSync(
    join(folder.path, "crm.csv"),
    "First Name,Mobile,Phone\nSara,,+971500000001\nAli,+971500000002,+971500000003\n",
  );
  await peerOf(pair.reference).contacts.save({ firstName: "Eve", email: "eve@example.com" });
  const { result } = await syncFile(folder.path, pair);
  expect(result).toMatchObject({ unidentified: 1, added: 0 });
  // Of two columns that could be the phone, the first is kept the same, and the other is left alone.
  expect(result.conflicts).toMatchObject([{ line: 2, field: "phone" }]);
  expect((await contactsOf(pair.reference)).map(({ phone }) => phone)).toEqual([null, "+971500000002"]);
});
