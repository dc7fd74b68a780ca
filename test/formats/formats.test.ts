/** Files that earlier versions wrote, kept as these left them in `testing/formats/files`, and what this version makes of them. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { FileKind } from "../../testing/formats/file-kind.ts";
import { type KeptFile, listKeptFiles, readFormat, readSchema, unpackFile } from "../../testing/formats/kept-files.ts";
import { fileKinds } from "../../testing/formats/kinds.ts";

const scratch = mkdtempSync(join(tmpdir(), "onsync-formats-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let files = 0;
function newPath(): string {
  files += 1;
  return join(scratch, `${files}.db`);
}

function unpack(kept: KeptFile): string {
  const file = newPath();
  unpackFile(kept, file);
  return file;
}

function findKind(name: string): FileKind {
  return fileKinds.find((kind) => kind.name === name) as FileKind;
}

const kept = listKeptFiles();
const named = kept.map((file) => [`${file.kind} of format ${file.format}`, file] as const);

describe.each(fileKinds.map((kind) => [kind.name, kind] as const))("the file %s", (name, kind) => {
  let fresh: string;
  let format: number;
  beforeAll(async () => {
    fresh = newPath();
    await kind.make(fresh);
    format = readFormat(fresh);
  });

  test("is kept in each format there has been, this version's among them (npm run formats keeps that)", () => {
    const formats = kept.filter(({ kind: itsKind }) => itsKind === name).map((file) => file.format);
    expect(formats.sort()).toEqual(Array.from({ length: format }, (_, index) => index + 1));
  });

  test("of a later version is refused with what to do, and left as it is", async () => {
    const sql = new DatabaseSync(fresh);
    sql.exec(`PRAGMA user_version = ${format + 1}`);
    sql.close();
    const before = readFileSync(fresh);
    const refusal = `has format ${format + 1}, and this version of OnSync Automation reads up to ${format}. A newer version has written it: use that one or a later, or name another file. Nothing in it was changed.`;
    await expect(kind.read(fresh)).rejects.toThrow(refusal);
    await expect(kind.use(fresh)).rejects.toThrow(fresh);
    expect(readFileSync(fresh).equals(before)).toBe(true);
  });
});

describe.each(named)("%s", (_name, file) => {
  const kind = findKind(file.kind);

  test("has all that was said to be in it, the tables of a new file, and is worked with", async () => {
    const path = unpack(file);
    expect(await kind.read(path)).toMatchObject(file.said);
    const fresh = newPath();
    await kind.make(fresh);
    expect(readFormat(path)).toBe(readFormat(fresh));
    expect(readSchema(path)).toEqual(readSchema(fresh));
    await kind.use(path);
  });

  test("has all that was said to be in it after a kill at any moment of being opened", async () => {
    const path = unpack(file);
    const images = await takeImages(path, () => kind.read(path));
    expect(images.length).toBeGreaterThan(1);
    for (const image of images) expect(await kind.read(image)).toMatchObject(file.said);
  });
});

/** The statements of a text, each with its end; a trigger is one. */
function splitStatements(text: string): string[] {
  return text.match(/\s*CREATE TRIGGER[\s\S]*?END;|[^;]*;|[^;]+$/g) ?? [];
}

/**
 * What a kill would leave before each statement that somebody runs while `work` goes on: copies of the file and of what is beside it.
 * Pages are written as soon as they change, so that as much as can be is in the files.
 */
async function takeImages(path: string, work: () => Promise<unknown>): Promise<string[]> {
  const images: string[] = [];
  const { exec } = DatabaseSync.prototype;
  const takeImage = (): void => {
    const image = newPath();
    for (const ending of ["", "-wal", "-journal"])
      if (existsSync(`${path}${ending}`)) copyFileSync(`${path}${ending}`, `${image}${ending}`);
    images.push(image);
  };
  DatabaseSync.prototype.exec = function (text) {
    exec.call(this, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1");
    for (const statement of splitStatements(text)) {
      takeImage();
      exec.call(this, statement);
    }
  };
  try {
    await work();
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
  return images;
}

test("the moments in which a file is killed are those between the statements that bring it up to date", async () => {
  const old = kept.find(({ kind, format }) => kind === "events" && format === 1) as KeptFile;
  const path = unpack(old);
  const images = await takeImages(path, () => findKind("events").read(path));
  const journals = readdirSync(scratch).filter((name) => name.endsWith("-journal") || name.endsWith("-wal"));
  expect(images.map(readFormatBeforeRecovery)).toContain(1);
  expect(journals.length).toBeGreaterThan(0);
});

/** As the file's own bytes have it, whatever lies beside it. */
function readFormatBeforeRecovery(file: string): number {
  return readFileSync(file).readUInt32BE(60);
}
