/** Two processes that start at the same moment on a file that an earlier version wrote, or on one that is not there yet. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { listKeptFiles, unpackFile } from "../../testing/formats/kept-files.ts";
import { fileKinds } from "../../testing/formats/kinds.ts";
import { transcribe } from "../../testing/transcript.ts";

const scratch = mkdtempSync(join(tmpdir(), "onsync-formats-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const rounds = 6;
const program = join(import.meta.dirname, "../../testing/formats/fixtures/reader.ts");

type Answer = { contents?: Record<string, unknown>; refused?: string };
type Reader = { read(kind: string, file: string): Promise<Answer>; child: ChildProcess };

/** A process that reads files when it is told to. */
async function startReader(): Promise<Reader> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  transcribe(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  return {
    child,
    async read(...asked) {
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      return JSON.parse((await lines.next()).value as string) as Answer;
    },
  };
}

let readers: Reader[];
beforeAll(async () => {
  readers = await Promise.all([startReader(), startReader()]);
}, 60_000);
afterAll(async () => {
  for (const { child } of readers) {
    child.stdin?.end();
    await once(child, "exit");
  }
});

/** Files that several processes have open at once; the others are for one at a time, and say so to a second. */
const shared = ["events", "ledger", "reference"];

describe.each(fileKinds.map((kind) => [kind.name, kind] as const))("two processes at once on %s", (name, kind) => {
  const readTwice = (file: string): Promise<Answer[]> => Promise.all(readers.map((reader) => reader.read(name, file)));

  test("bring it up to date once, and neither loses anything nor fails without a reason", async () => {
    const [old] = listKeptFiles().filter((file) => file.kind === name);
    if (old === undefined) throw new Error(`no file of ${name} is kept`);
    for (let round = 0; round < rounds; round++) {
      const file = join(scratch, `${name}-${round}.db`);
      unpackFile(old, file);
      for (const { contents, refused } of await readTwice(file)) {
        if (refused === undefined) expect(contents).toMatchObject(old.said);
        else
          expect([shared.includes(name), refused]).toEqual([
            false,
            expect.stringContaining("another process has it open: wait"),
          ]);
      }
      expect(await kind.read(file)).toMatchObject(old.said);
    }
  });

  test("may both be the first to open a new one", async () => {
    for (let round = 0; round < rounds; round++)
      for (const { refused = "" } of await readTwice(join(scratch, `${name}-${round}-new.db`)))
        expect(refused).toMatch(shared.includes(name) ? /^$/ : /^$|another process has it open: wait/);
  });
});
