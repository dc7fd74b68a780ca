/** Bytes with some put in, left out, repeated, changed or cut off. Each byte is a character. */
import fc from "fast-check";

type Edit =
  | { what: "replace"; at: number; dropped: number; added: string }
  | { what: "repeat"; at: number; length: number; times: number }
  | { what: "flip"; at: number; bit: number };

/** @param pieces what is put in, beside random bytes */
function createEdit(pieces: readonly string[]): fc.Arbitrary<Edit> {
  const at = fc.nat(1_000_000);
  const added = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("", ...pieces) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("latin1")) },
  );
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ what: fc.constant("replace" as const), at, dropped: fc.nat(8), added }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant("repeat" as const),
        at,
        length: fc.integer({ min: 1, max: 64 }),
        times: fc.integer({ min: 1, max: 300 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("flip" as const), at, bit: fc.nat(7) }) },
  );
}

function applyEdit(bytes: string, edit: Edit): string {
  const at = edit.at % (bytes.length + 1);
  switch (edit.what) {
    case "replace":
      return bytes.slice(0, at) + edit.added + bytes.slice(at + edit.dropped);
    case "repeat":
      return bytes.slice(0, at) + bytes.slice(at, at + edit.length).repeat(edit.times) + bytes.slice(at + edit.length);
    case "flip": {
      const flipped = bytes.charCodeAt(at) ^ (1 << edit.bit);
      return Number.isNaN(bytes.charCodeAt(at))
        ? bytes
        : bytes.slice(0, at) + String.fromCharCode(flipped) + bytes.slice(at + 1);
    }
  }
}

/**
 * @param base what is changed
 * @param pieces what may be put in
 */
export function changedBytes(base: fc.Arbitrary<string>, pieces: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(base, fc.array(createEdit(pieces), { maxLength: 4 }), fc.option(fc.nat(1_000_000), { freq: 5 }))
    .map(([bytes, edits, cut]) => {
      const edited = edits.reduce(applyEdit, bytes);
      return cut === null ? edited : edited.slice(0, cut % (edited.length + 1));
    });
}
