/** Identifiers of several contacts and of several rows: listed, and nothing merged. */
import { describe, expect, test } from "@jest/globals";
import { contactsOf, pairOf } from "../../../testing/imports/against-reference.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { syncFile } from "../../../testing/syncs/sync-file.ts";
import { peerOf } from "../../../testing/virtual-pair.ts";
import { sara, write } from "./on-reference.ts";

describe("identifiers", () => {
  test("of several contacts are listed, and nothing is merged", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    const peer = peerOf(pair.reference);
    await peer.contacts.save({ firstName: "A", phone: "+971500000001" });
    await peer.contacts.save({ firstName: "B", email: "sara@example.com" });
    write(folder.path, [sara]);
    const { result } = await syncFile(folder.path, pair);
    expect(result.conflicts).toMatchObject([
      { line: 2, reason: expect.stringMatching(/belong to contact_\w+ and contact_/) },
    ]);
    expect((await contactsOf(pair.reference)).map(({ firstName }) => firstName)).toEqual(["A", "B"]);
    expect(result).toMatchObject({ created: 0, updated: 0, changed: 0, added: 0 });
  });

  test("that a row takes from another contact are listed, and its other fields are changed", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    write(folder.path, [sara]);
    await syncFile(folder.path, pair);
    await peerOf(pair.reference).contacts.save({ firstName: "B", phone: "+971500000009" });
    write(folder.path, [sara.replace("+971500000001", "+971500000009").replace("Hussein", "Hassan")]);
    const { result } = await syncFile(folder.path, pair);
    expect(result.conflicts.map(({ field }) => field)).toContain("phone");
    expect((await contactsOf(pair.reference)).map(({ lastName, phone }) => [lastName, phone])).toEqual([
      ["Hassan", "+971500000001"],
      [null, "+971500000009"],
    ]);
    pair.requests.length = 0;
    await syncFile(folder.path, pair);
    expect(pair.requests).toEqual(["GET /contacts"]);
  });

  test("that rows share are listed, and none of the rows is written", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    write(folder.path, [sara, "crm_2,Eve,,+971500000001,,,"]);
    const { result } = await syncFile(folder.path, pair);
    expect(result.conflicts.map(({ line, field }) => [line, field])).toEqual([
      [2, "phone"],
      [3, "phone"],
    ]);
    expect(await contactsOf(pair.reference)).toEqual([]);
  });
});
