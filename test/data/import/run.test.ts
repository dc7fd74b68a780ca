/** What becomes of each row of an import, against the reference API. */
import { describe, expect, test } from "@jest/globals";
import { contactsOf, head, pairOf, refusedRows } from "../../../testing/imports/against-reference.ts";
import { importFile, numberedContacts, temporaryFolder, writeContacts } from "../../../testing/imports/import-file.ts";
import { peerOf, type VirtualPair } from "../../../testing/virtual-pair.ts";

test("an import works whole where OnSync serves nothing beyond its documentation", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf({ extensions: false });
  writeContacts(folder.path, [head, "Sara,+971500000000,,crm_1,lead", "Ali,,ali@example.com,,"]);
  const { result } = await importFile(folder.path, { ...pair, tags: "add", onDuplicate: "first" });
  expect(result).toEqual({
    ...{ rows: 2, created: 2, updated: 0, unchanged: 0, refused: 0, requests: 3, lost: 0, open: 0, complete: true },
  });
  const kinds = pair.requests.map((request) => request.replace(/contact_\w+$/, "{id}"));
  expect(kinds.sort()).toEqual(["PATCH /contacts/{id}", "POST /contacts", "POST /contacts"]);
});

describe("a second import of the same file", () => {
  test("asks for nothing, and sends what was changed since alone", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    writeContacts(folder.path, numberedContacts(20));
    await importFile(folder.path, pair);
    expect(await importFile(folder.path, pair)).toMatchObject({
      plan: { unchanged: 20, requests: 0 },
      result: { unchanged: 20, requests: 0 },
    });
    const changed = numberedContacts(21).map((line) => line.replace("Sara 7", "Salma"));
    writeContacts(folder.path, changed);
    expect(await importFile(folder.path, pair)).toMatchObject({
      plan: { unchanged: 19, requests: 2 },
      result: { unchanged: 19, created: 1, updated: 1, requests: 2 },
    });
  });

  test("sends a row again that was changed in between and is now as it first was", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    for (const name of ["Sara", "Salma", "Sara"]) {
      writeContacts(folder.path, [head, `${name},+971500000000,,,`]);
      expect(await importFile(folder.path, pair)).toMatchObject({ result: { unchanged: 0, requests: 1 } });
    }
    expect(await contactsOf(pair.reference)).toMatchObject([{ firstName: "Sara" }]);
  });
});

describe("rows of one file that share an identifier", () => {
  const lines = [
    head,
    "Sara,+971500000000,,,",
    "Salma,+971500000000,sara@example.com,,",
    "Eve,,sara@example.com,,",
    "Ali,+971511111111,,,",
  ];

  test.each([
    ["skip", ["Ali"], [2, 3, 4]],
    ["first", ["Sara", "Ali"], [3, 4]],
    ["newest", ["Eve", "Ali"], [2, 3]],
  ] as const)("with %s, %j are sent, and the others are refused by line", async (onDuplicate, names, refusedLines) => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    writeContacts(folder.path, lines);
    const { plan, result, refused } = await importFile(folder.path, { ...pair, onDuplicate });
    expect(plan).toMatchObject({ duplicates: 3, held: refusedLines.length });
    expect(plan.clusters).toMatchObject([{ lines: [2, 3, 4], fields: ["phone", "email"] }]);
    expect(result).toMatchObject({ created: names.length, refused: refusedLines.length });
    expect((await contactsOf(pair.reference)).map(({ firstName }) => firstName)).toEqual(names);
    expect((await refusedRows(refused)).map(({ line }) => Number(line))).toEqual(refusedLines);
  });

  test("with ask, the one that is chosen is sent", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    writeContacts(folder.path, lines);
    await importFile(folder.path, { ...pair, onDuplicate: "ask", chooseRow: async ({ lines: at }) => at.indexOf(3) });
    expect((await contactsOf(pair.reference)).map(({ firstName }) => firstName)).toEqual(["Salma", "Ali"]);
  });

  test("rows that are the same to the letter are one row, and nothing to be asked about", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    writeContacts(folder.path, [head, "Sara,+971500000000,,,", "Sara,+971500000000,,,"]);
    expect(await importFile(folder.path, pair)).toMatchObject({
      plan: { duplicates: 0, unchanged: 1, requests: 1 },
      result: { created: 1, unchanged: 1, refused: 0 },
    });
  });
});

describe("a row whose identifiers are those of two contacts", () => {
  async function withTwo(folder: string): Promise<VirtualPair> {
    const pair = await pairOf();
    const peer = peerOf(pair.reference);
    await peer.contacts.save({ firstName: "Old", phone: "+971500000000", tags: ["vip"] });
    await pair.clock.sleep(1_000);
    await peer.contacts.save({ firstName: "New", email: "sara@example.com" });
    writeContacts(folder, [head, "Sara,+971500000000,sara@example.com,crm_1,lead"]);
    return pair;
  }

  test("is refused with both contacts and the request's id, and changes neither", async () => {
    using folder = temporaryFolder();
    await using pair = await withTwo(folder.path);
    const { result, refused } = await importFile(folder.path, pair);
    expect(result).toMatchObject({ refused: 1, created: 0, updated: 0 });
    const [row] = await refusedRows(refused);
    expect(row).toMatchObject({ line: "2", field: "phone and email", requestId: expect.stringMatching(/^req_/) });
    expect(row?.reason).toMatch(/^belongs to contact_\w+ and contact_\w+:/);
    expect(await contactsOf(pair.reference)).toMatchObject([{ firstName: "Old" }, { firstName: "New" }]);
  });

  test.each([
    [
      "first",
      [
        { firstName: "Sara", phone: "+971500000000", email: null, tags: ["vip", "lead"] },
        { firstName: "New", email: "sara@example.com" },
      ],
    ],
    [
      "newest",
      [
        { firstName: "Old", phone: "+971500000000" },
        { firstName: "Sara", phone: null, email: "sara@example.com", tags: ["lead"] },
      ],
    ],
  ] as const)("updates the %s one, without what belongs to the other", async (onDuplicate, contacts) => {
    using folder = temporaryFolder();
    await using pair = await withTwo(folder.path);
    const { result } = await importFile(folder.path, { ...pair, onDuplicate, tags: "add" });
    expect(result).toMatchObject({ updated: 1, refused: 0, requests: 4 });
    expect(await contactsOf(pair.reference)).toMatchObject(contacts);
  });
});

describe("tags", () => {
  test.each([
    ["keep", ["vip"], 1],
    ["add", ["vip", "lead"], 2],
    ["replace", ["lead"], 1],
  ] as const)("with %s, a contact tagged vip has %j after %i requests", async (tags, expected, requests) => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    await peerOf(pair.reference).contacts.save({ phone: "+971500000000", tags: ["vip"] });
    writeContacts(folder.path, [head, "Sara,+971500000000,,,lead"]);
    const { plan, result } = await importFile(folder.path, { ...pair, tags });
    expect([plan.requests, result.requests]).toEqual([requests, requests]);
    expect(await contactsOf(pair.reference)).toMatchObject([{ tags: expected }]);
  });

  test("that are all there already take no second request, and an empty cell takes none away", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    await peerOf(pair.reference).contacts.save({ phone: "+971500000000", tags: ["vip"] });
    writeContacts(folder.path, [head, "Sara,+971500000000,,,vip"]);
    expect((await importFile(folder.path, { ...pair, tags: "add" })).result.requests).toBe(1);
    writeContacts(folder.path, [head, "Salma,+971500000000,,,"]);
    await importFile(folder.path, { ...pair, tags: "replace" });
    expect(await contactsOf(pair.reference)).toMatchObject([{ firstName: "Salma", tags: ["vip"] }]);
  });
});
