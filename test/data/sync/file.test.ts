/** What is written to a CRM's file: the cells that were changed, and nothing else of it. */
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type CrmStore, openCrmFile } from "../../../src/data/index.ts";
import type { Cell } from "../../../src/data/rows/row.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";

/** @param edits by row, from 0, and column */
async function write(
  store: CrmStore,
  edits: Record<number, Record<number, Cell>>,
  inserts: Record<number, Cell>[] = [],
): Promise<boolean> {
  const toCells = (cells: Record<number, Cell>) =>
    new Map(Object.entries(cells).map(([column, cell]) => [Number(column), cell]));
  const changes = {
    edits: new Map(Object.entries(edits).map(([row, cells]) => [Number(row), toCells(cells)])),
    inserts: inserts.map(toCells),
  };
  return (await store.write(await store.read(), changes, async () => {})) !== null;
}

const tricky = [
  "sep=;",
  'Name;"Notes ""of ours""";Phone',
  '"Eve";"two\nlines; and ""quotes""";1',
  "",
  " Ali ; =1+1 ;'+2",
  ";;",
  "Zoë;日本;3",
].join("\r\n");

describe("a CSV", () => {
  test.each([
    ["UTF-8", (text: string) => Buffer.from(text)],
    ["UTF-8 with a byte order mark", (text: string) => Buffer.from(`\ufeff${text}`)],
    ["UTF-16, little end first", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16, big end first", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ])("in %s keeps every byte but those of the cells that are changed", async (_name, encode) => {
    using folder = temporaryFolder();
    const file = join(folder.path, "crm.csv");
    writeFileSync(file, encode(tricky));
    chmodSync(file, 0o640);
    const store = await openCrmFile(file);
    expect(await write(store, { 0: { 0: 'E"v;e' }, 2: { 2: "4" } }, [{ 0: "=cmd()", 2: "+971500000000" }])).toBe(true);
    const expected = tricky.replace('"Eve"', '"E""v;e"').replace("日本;3", "日本;4");
    expect(readFileSync(file)).toEqual(encode(`${expected}\r\n'=cmd();;+971500000000\r\n`));
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder.path)).toEqual(["crm.csv"]);
  });

  test("is not written where somebody has changed it since it was read", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "crm.csv");
    writeFileSync(file, "Name,Phone\nSara,1\n");
    const store = await openCrmFile(file);
    const snapshot = await store.read();
    writeFileSync(file, "Name,Phone\nSara,2\n");
    const edits = new Map([[0, new Map([[0, "Eve"]])]]);
    expect(await store.write(snapshot, { edits, inserts: [] }, async () => {})).toBeNull();
    expect(readFileSync(file, "utf8")).toBe("Name,Phone\nSara,2\n");
  });

  test("that is a symbolic link is not written", async () => {
    using folder = temporaryFolder();
    const [file, link] = [join(folder.path, "crm.csv"), join(folder.path, "link.csv")];
    writeFileSync(file, "Name,Phone\nSara,1\n");
    symlinkSync(file, link);
    await expect(write(await openCrmFile(link), { 0: { 0: "Eve" } })).rejects.toThrow("is a symbolic link");
    expect(readFileSync(file, "utf8")).toBe("Name,Phone\nSara,1\n");
  });

  test("is written beside itself, where nothing that lies there is followed or kept", async () => {
    using folder = temporaryFolder();
    const [file, victim] = [join(folder.path, "crm.csv"), join(folder.path, "victim")];
    writeFileSync(file, "Name,Phone\nSara,1\n");
    writeFileSync(victim, "mine");
    symlinkSync(victim, join(folder.path, ".crm.csv.onsync-part"));
    expect(await write(await openCrmFile(file), { 0: { 0: "Eve" } })).toBe(true);
    expect(readFileSync(victim, "utf8")).toBe("mine");
    expect(readFileSync(file, "utf8")).toBe("Name,Phone\nEve,1\n");
    expect(readdirSync(folder.path).sort()).toEqual(["crm.csv", "victim"]);
  });

  test("is read again as it was written: what a spreadsheet would take for a formula, too", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "crm.csv");
    const names = ["=1+1", "'quoted", "''twice", "-x", "\tx", "@here", "+971500000000", "plain"];
    writeFileSync(file, `Name,Phone\n${names.map((_, index) => `n,${index}`).join("\n")}\n`);
    const store = await openCrmFile(file);
    await write(store, Object.fromEntries(names.map((name, row) => [row, { 0: name }])));
    expect((await store.read()).rows.map(({ cells }) => cells[0])).toEqual(names);
    const cells = readFileSync(file, "utf8").split("\n").slice(1, -1);
    expect(cells.filter((cell) => /^[=@\t-]/.test(cell))).toEqual([]);
  });
});

describe("NDJSON", () => {
  const lines = ['{"name":"Sara","properties":{"city":"X","n":1.0}}', "", '{ "name" : "Ali", "__proto__":{"a":1} }'];

  test("keeps every line but those that are changed, and the fields of objects within", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "crm.ndjson");
    writeFileSync(file, lines.join("\n"));
    const store = await openCrmFile(file);
    const column = store.columns.indexOf("properties.city");
    await write(store, { 0: { [column]: "Y" } }, [{ 0: "Eve" }]);
    expect(readFileSync(file, "utf8")).toBe(
      ['{"name":"Sara","properties":{"city":"Y","n":1}}', "", lines[2], '{"name":"Eve"}\n'].join("\n"),
    );
  });
});
