/** Answers that are lost, outages, refusals of everything, files that change, and stopping: no row is lost, and none is refused for it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { contactsOf, fault, head, pairOf } from "../../../testing/imports/against-reference.ts";
import { importFile, numberedContacts, temporaryFolder, writeContacts } from "../../../testing/imports/import-file.ts";

describe("what goes wrong on the way", () => {
  test("an answer that is lost is asked for again, and said: the contact is there once", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    await fault(pair, { path: "/v1/contacts", kind: "drop_response", times: 1 });
    writeContacts(folder.path, [head, "Sara,+971500000000,,,"]);
    const { result } = await importFile(folder.path, pair);
    expect(result).toMatchObject({ created: 0, updated: 1, requests: 2, lost: 1 });
    expect(await contactsOf(pair.reference)).toHaveLength(1);
  });

  test("a row that OnSync fails for is tried after the others once more, and then refused", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    await fault(pair, { path: "/v1/contacts", status: 503, times: 7 });
    writeContacts(folder.path, [head, "Sara,+971500000000,,,"]);
    expect((await importFile(folder.path, pair)).result).toMatchObject({ created: 1, refused: 0, requests: 8 });
    await fault(pair, { path: "/v1/contacts", status: 503, times: 8 });
    writeContacts(folder.path, [head, "Ali,+971511111111,,,"]);
    expect((await importFile(folder.path, pair)).result).toMatchObject({ created: 0, refused: 1, requests: 8 });
  });

  test("a refused key ends it at once, and nothing is refused for it", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    await fault(pair, { path: "/v1/contacts", status: 401, times: 1 });
    writeContacts(folder.path, numberedContacts(5));
    await expect(importFile(folder.path, pair)).rejects.toMatchObject({ name: "MovementStopped" });
    expect((await importFile(folder.path, pair)).result).toMatchObject({ created: 5, refused: 0 });
  });

  test.each([
    ["a 404 of something else than OnSync", { status: 404, body: "<html>Not here</html>" }],
    ["a redirect", { status: 302, headers: { Location: "https://elsewhere.example/" } }],
  ])(
    "a wrong address, which answers with %s, ends it at once, and nothing is refused for it",
    async (_what, answer) => {
      using folder = temporaryFolder();
      await using pair = await pairOf();
      await fault(pair, { path: "/v1/contacts", ...answer });
      writeContacts(folder.path, numberedContacts(5));
      await expect(importFile(folder.path, pair)).rejects.toMatchObject({ name: "MovementStopped" });
      expect(pair.requests.length).toBeLessThanOrEqual(4);
    },
  );

  test("a wrong address, where a page is all that ever answers, ends it within a few seconds, and nothing is refused for it", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    await fault(pair, { path: "/v1/contacts", status: 200, body: "<html>Welcome to nginx</html>" });
    writeContacts(folder.path, numberedContacts(5));
    const started = pair.clock.now();
    await expect(importFile(folder.path, pair)).rejects.toMatchObject({
      name: "MovementStopped",
      message: expect.stringContaining("not a JSON object"),
      advice: expect.stringContaining("Check that the base URL"),
    });
    expect(pair.clock.now() - started).toBeLessThan(5_000);
    expect(pair.requests.length).toBeLessThanOrEqual(8);
    await pair.reference.control.faults.clear();
    expect((await importFile(folder.path, pair)).result).toMatchObject({ created: 5, refused: 0 });
  });

  test("a page in the place of an answer for a moment is tried again, and nothing ends by it", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    writeContacts(folder.path, [head, "Sara,+971500000000,,,"]);
    await fault(pair, { path: "/v1/contacts", status: 200, body: "<html>One moment</html>", times: 3 });
    expect((await importFile(folder.path, pair)).result).toMatchObject({ created: 1, refused: 0, requests: 4 });
  });

  test("an outage of a quarter of an hour ends it, in few requests, and the next one goes on", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    writeContacts(folder.path, numberedContacts(50));
    await fault(pair, { path: "/v1/contacts", status: 503 });
    const started = pair.clock.now();
    await expect(importFile(folder.path, pair)).rejects.toMatchObject({
      name: "MovementStopped",
      advice: expect.stringContaining("again"),
    });
    expect(pair.clock.now() - started).toBeLessThan(20 * 60_000);
    expect(pair.requests.length).toBeLessThan(120);
    await pair.reference.control.faults.clear();
    expect((await importFile(folder.path, pair)).result).toMatchObject({ created: 50, refused: 0, open: 0 });
  });

  test("a 429 is waited for as long as it says, and counts against no row", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    await fault(pair, { path: "/v1/contacts", status: 429, headers: { "Retry-After": "120" }, times: 6 });
    writeContacts(folder.path, [head, "Sara,+971500000000,,,"]);
    const started = pair.clock.now();
    expect((await importFile(folder.path, pair)).result).toMatchObject({ created: 1, refused: 0 });
    expect(pair.clock.now() - started).toBeGreaterThanOrEqual(6 * 120_000);
  });

  test("a file that is another one than was planned ends it, before a row is taken for another", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    const lines = [head, "Sara,+971500000000,,,", "Salma,+971500000000,,,", "Ali,+971511111111,,,"];
    writeContacts(folder.path, lines);
    // Somebody saves it while the question is on the screen.
    const chooseRow = async () => {
      writeContacts(folder.path, lines.toReversed());
      return 0;
    };
    const importing = importFile(folder.path, { ...pair, onDuplicate: "ask", chooseRow });
    await expect(importing).rejects.toThrow("changed while it was being imported");
    expect(pair.requests).toEqual([]);
  });

  test("stopped, it ends what is under way, and the next import goes on with the same counts", async () => {
    using folder = temporaryFolder();
    await using pair = await pairOf();
    writeContacts(folder.path, numberedContacts(30));
    const stop = new AbortController();
    const first = await importFile(folder.path, {
      ...pair,
      signal: stop.signal,
      onProgress: ({ created }) => created >= 10 && stop.abort(),
    });
    expect(first.result).toMatchObject({ complete: false, open: 0 });
    const done = first.result.created;
    expect(done).toBeGreaterThanOrEqual(10);
    expect(done).toBeLessThan(20);
    const second = await importFile(folder.path, pair);
    expect(second.plan).toMatchObject({ settled: done, requests: 30 - done });
    expect(second.result).toMatchObject({ rows: 30, created: 30, unchanged: 0, requests: 30, complete: true });
    expect(pair.requests).toHaveLength(30);
  });
});

test("a journal of one org is not used for another", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  await using other = await pairOf();
  writeContacts(folder.path, numberedContacts(2));
  await importFile(folder.path, pair);
  writeContacts(folder.path, numberedContacts(4));
  await expect(importFile(folder.path, other)).rejects.toThrow(
    /The journal is of an import into org_\w+, and this key is of org_\w+/,
  );
});

test("the journal has no name, number, address or key in it", async () => {
  using folder = temporaryFolder();
  await using pair = await pairOf();
  writeContacts(folder.path, [head, "Sarasvati,+971500000000,sara@example.com,crm_8740,lead"]);
  await importFile(folder.path, pair);
  const bytes = readFileSync(join(folder.path, "contacts.csv.journal"), "latin1");
  expect(bytes).toContain("contact_");
  for (const value of ["Sarasvati", "971500000000", "sara@example.com", "crm_8740", pair.reference.key])
    expect(bytes).not.toContain(value);
});
