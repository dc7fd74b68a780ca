/** The files in which the product keeps what it knows, damaged: by a disk, by a copy that broke off, by somebody's editor. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { findFileReason } from "../../../src/file-failure.ts";
import type { FileKind } from "../../formats/file-kind.ts";
import { fileKinds } from "../../formats/kinds.ts";
import type { Entry, OpenEntry } from "../entry.ts";
import { createScratch, type Scratch } from "./scratch.ts";

const kept = join(import.meta.dirname, "../../formats/files");

/** How a file is damaged; every place is one in a million of its length. */
type Damage =
  | { what: "cut"; at: number }
  | { what: "blank"; at: number; length: number }
  | { what: "change"; at: number; bytes: string }
  | { what: "swap"; at: number; other: number; length: number };

type StoreInput = { file: string; damages: Damage[] };

const place = fc.nat(999_999);
const length = fc.constantFrom(1, 4, 16, 100, 512, 4096);
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ what: fc.constant("cut" as const), at: place }),
  fc.record({ what: fc.constant("blank" as const), at: place, length }),
  fc.record({
    what: fc.constant("change" as const),
    at: fc.oneof(place, fc.nat(20_000)),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  }),
  fc.record({ what: fc.constant("swap" as const), at: place, other: place, length }),
);

function applyDamage(given: Buffer, damaged: Damage): Buffer {
  const bytes = Buffer.from(given);
  const at = Math.floor((damaged.at / 1_000_000) * bytes.length);
  if (damaged.what === "cut") return bytes.subarray(0, at);
  if (damaged.what === "blank") bytes.fill(0, at, Math.min(at + damaged.length, bytes.length));
  if (damaged.what === "change") bytes.write(damaged.bytes, at, "latin1");
  if (damaged.what === "swap") {
    const from = Math.floor((damaged.other / 1_000_000) * bytes.length);
    given.copy(bytes, at, from, Math.min(from + damaged.length, given.length));
  }
  return bytes;
}

/** A refusal names the file, or says in SQLite's own codes that it is damaged, which commands have words for. */
function judgeError(error: unknown, file: string): string[] {
  const { name, message } = error as Error;
  if (message.includes(file) || findFileReason(error) !== undefined) return [];
  return [`it fails with a ${name} that names no file: ${message.slice(0, 300)}`];
}

/** What the whole files hold: a damaged one that holds the same is as good as they are. */
async function readWholes(kind: FileKind, file: string, wholes: ReadonlyMap<string, Buffer>, scratch: Scratch) {
  const contents = new Map<string, string>();
  for (const [name, bytes] of wholes) {
    scratch.empty();
    writeFileSync(file, bytes, { mode: 0o600 });
    contents.set(name, JSON.stringify(await kind.read(file)));
  }
  return contents;
}

/** What a file of this kind has to show after each damage. */
async function openStoreEntry(kind: FileKind): Promise<OpenEntry<StoreInput>> {
  const scratch = createScratch();
  const names = readdirSync(join(kept, kind.name)).filter((name) => name.endsWith(".db.gz"));
  const wholes = new Map(names.map((name) => [name, gunzipSync(readFileSync(join(kept, kind.name, name)))]));
  const file = join(scratch.path, "kept.db");
  const expected = await readWholes(kind, file, wholes, scratch);
  const tryInput = async ({ file: name, damages }: StoreInput): Promise<string[]> => {
    const bytes = damages.reduce(applyDamage, wholes.get(name) as Buffer);
    scratch.empty();
    writeFileSync(file, bytes, { mode: 0o600 });
    try {
      const isWhole = JSON.stringify(await kind.read(file)) === expected.get(name);
      // A copy that broke off is refused, or has everything. An empty file is a new one.
      if (!isWhole && bytes.length > 0 && damages.every(({ what }) => what === "cut"))
        return ["half of a file is taken for a whole one"];
      if (isWhole) await kind.use(file);
      return [];
    } catch (error) {
      return judgeError(error, file);
    }
  };
  return {
    kinds: {
      bytes: fc.record({ file: fc.constantFrom(...names), damages: fc.array(damage, { minLength: 1, maxLength: 3 }) }),
    },
    try: tryInput,
    close: async () => {
      scratch.remove();
      return { harms: [], figures: "" };
    },
  };
}

export const stores: readonly Entry<StoreInput>[] = fileKinds.map((kind) => ({
  name: `${kind.name}-file`,
  // Each opens a database, and waits for the disk.
  share: 0.15,
  open: () => openStoreEntry(kind),
}));
