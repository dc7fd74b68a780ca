/** The file of refused rows: mended and imported again, a formula to no spreadsheet, and written over nothing that is somebody's. */
import { existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { openRows, RefusedFile, type Row, undoRefusals } from "../../../src/data/index.ts";
import { escapeFormula, unescapeFormula } from "../../../src/data/rows/formula.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";

const refusal = { field: "phone", reason: "=is no number", requestId: "req_1" };

async function refuseAll(folder: string, text: string, name = "contacts.refused.csv"): Promise<string> {
  writeFileSync(join(folder, "contacts.csv"), text);
  const rows = await openRows(join(folder, "contacts.csv"));
  const refused = new RefusedFile(join(folder, name), rows);
  for await (const row of rows.rows()) refused.add(row, refusal);
  return refused.finish() ?? "";
}

async function readAll(file: string): Promise<{ columns: readonly string[]; rows: Row[] }> {
  const rows = undoRefusals(await openRows(file));
  const found: Row[] = [];
  for await (const row of rows.rows()) found.push(row);
  return { columns: rows.columns, rows: found };
}

test.each([
  ["with semicolons and a mark", '\ufeff"First Name";"=Phone"\r\n"=1+1";+971\r\n\'already;"a;""b"\r\n'],
  ["with commas", 'Name,Phone\n@SUM(A1),-1\n"two\nlines",  +1\n'],
])("a file %s is read again as it stood, column for column and cell for cell", async (_how, text) => {
  using folder = temporaryFolder();
  const refused = await refuseAll(folder.path, text);
  const [before, after] = [await readAll(join(folder.path, "contacts.csv")), await readAll(refused)];
  expect(after.columns).toEqual(before.columns);
  expect(after.rows.map(({ cells }) => cells)).toEqual(before.rows.map(({ cells }) => cells));
});

test("NDJSON is refused as NDJSON, with the same fields", async () => {
  using folder = temporaryFolder();
  await refuseAll(folder.path, '{"phone":"12","properties":{"vip":true}}\n');
  const line = JSON.parse(readFileSync(join(folder.path, "contacts.refused.csv"), "utf8"));
  expect(line).toEqual({ phone: "12", "properties.vip": true, line: 1, ...refusal });
});

test("what stands beyond the last column is kept in it", async () => {
  using folder = temporaryFolder();
  const file = await refuseAll(folder.path, "Name,Phone\nHussein,Sara,+971\n");
  expect(readFileSync(file, "utf8")).toContain('"Hussein","Sara,+971","2"');
});

test("property: no cell of it begins as a formula does, and each is read again as it was", () => {
  const beginning = fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", " =", "'", "'=", "＝", "\u0000=", "");
  fc.assert(
    fc.property(beginning, fc.string(), (first, rest) => {
      const text = first + rest;
      const escaped = escapeFormula(text);
      expect(escaped).not.toMatch(/^[\s\p{Cc}]*[=+\-@＝＋－＠]/u);
      expect(unescapeFormula(escaped)).toBe(text);
    }),
    { numRuns: chooseRuns(2_000) },
  );
});

describe("the place of it", () => {
  test("is for its owner alone, and has no file before all of it is there", async () => {
    using folder = temporaryFolder();
    const text = "Name,Phone\nSara,12\n";
    writeFileSync(join(folder.path, "contacts.csv"), text);
    const rows = await openRows(join(folder.path, "contacts.csv"));
    const path = join(folder.path, "contacts.refused.csv");
    const refused = new RefusedFile(path, rows);
    refused.add({ line: 2, cells: ["Sara", "12"] }, refusal);
    expect(existsSync(path)).toBe(false);
    refused.finish();
    expect(statSync(path).mode & 0o077).toBe(0);
    const again = new RefusedFile(path, rows);
    again.add({ line: 2, cells: ["Sara", "13"] }, refusal);
    again.abandon();
    expect(readFileSync(path, "utf8")).toContain('"12"');
    expect(readdirSync(folder.path).sort()).toEqual(["contacts.csv", "contacts.refused.csv"]);
  });

  test("is not a link, a folder or a file of something else", async () => {
    using folder = temporaryFolder();
    const victim = join(folder.path, "victim");
    writeFileSync(victim, "keep me");
    symlinkSync(victim, join(folder.path, "link.csv"));
    for (const [name, reason] of [
      ["link.csv", "symbolic link"],
      ["victim", "has no refused rows"],
      [".", "not a regular file"],
      ["none/x.csv", "folder is not there"],
    ] as const)
      await expect(refuseAll(folder.path, "Name,Phone\nSara,12\n", name)).rejects.toThrow(reason);
    expect(readFileSync(victim, "utf8")).toBe("keep me");
    expect(lstatSync(join(folder.path, "link.csv")).isSymbolicLink()).toBe(true);
  });

  test("that becomes a link in the meantime leads the rows nowhere else", async () => {
    using folder = temporaryFolder();
    const [victim, path] = [join(folder.path, "victim"), join(folder.path, "contacts.refused.csv")];
    writeFileSync(victim, "keep me");
    writeFileSync(join(folder.path, "contacts.csv"), "Name,Phone\nSara,12\n");
    const refused = new RefusedFile(path, await openRows(join(folder.path, "contacts.csv")));
    symlinkSync(victim, path);
    refused.add({ line: 2, cells: ["Sara", "12"] }, refusal);
    refused.finish();
    expect(readFileSync(victim, "utf8")).toBe("keep me");
    expect(lstatSync(path).isFile()).toBe(true);
  });
});
