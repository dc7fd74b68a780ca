import fc from "fast-check";

/** A JSON value as it is written, with what it says. Objects keep every pair, also two of one name. */
type Written = { raw: string } & (
  | { kind: "text"; value: string }
  | { kind: "number" }
  | { kind: "other"; value: boolean | null }
  | { kind: "list"; items: Written[] }
  | { kind: "object"; pairs: [string, Written][] }
);

const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  fc.constantFrom(
    "\0",
    "a\0b",
    "\ufeffa",
    "\u202e",
    "\ud83d\ude00",
    "{{1}}",
    "'; DROP TABLE contacts; --",
    "%00",
    "\u2028",
  ),
  fc.constantFrom("\ud83d", "\ude00\ud83d", "null", "1e400", "\u0085", "é", "e\u0301", "\u0130", "ß"),
);

/** With escapes where JSON allows them, and without. */
function quoted(value: string, escapes: boolean): string {
  return escapes
    ? `"${Array.from({ length: value.length }, (_, at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`
    : JSON.stringify(value);
}

export const anyText: fc.Arbitrary<Written> = fc
  .tuple(hostileText, fc.boolean())
  .map(([value, escapes]) => ({ kind: "text", value, raw: quoted(value, escapes) }));

export const anyNumber: fc.Arbitrary<Written> = fc
  .oneof(
    fc.constantFrom("0", "-0", "1e400", "-1e400", "1e-400", "9007199254740991", "9007199254740992", "9007199254740993"),
    fc.constantFrom("-9007199254740993", "123456789012345678901234567890", "1E+2", "1.0", "0.1", "1e20", "5e-324"),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  )
  .map((raw) => ({ kind: "number", raw }));

export const anyOther: fc.Arbitrary<Written> = fc
  .constantFrom(true, false, null)
  .map((value) => ({ kind: "other", value, raw: String(value) }));

export function toObject(pairs: [string, Written][], escapes = false): Written {
  return {
    kind: "object",
    pairs,
    raw: `{${pairs.map(([name, value]) => `${quoted(name, escapes)}:${value.raw}`).join(",")}}`,
  };
}

export function toList(items: Written[]): Written {
  return {
    kind: "list",
    items,
    raw: `[${items.map(({ raw }) => raw).join(" ,\n")}]`,
  };
}

export const anyName = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 1,
    arbitrary: fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "a", "a", ""),
  },
);

export const { anyValue } = fc.letrec<{ anyValue: Written }>((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    anyText,
    anyNumber,
    anyOther,
    fc.array(tie("anyValue"), { maxLength: 3 }).map(toList),
    fc
      .tuple(fc.array(fc.tuple(anyName, tie("anyValue")), { maxLength: 4 }), fc.boolean())
      .map(([pairs, escapes]) => toObject(pairs, escapes)),
  ),
}));

/** Whether the stored value is what was written: to the digit, to the character, no name more and none less. */
export function isKept(written: Written, stored: unknown): boolean {
  switch (written.kind) {
    case "text":
      return stored === written.value && written.value.isWellFormed();
    case "other":
      return stored === written.value;
    case "number": {
      if (typeof stored !== "number" || !Number.isFinite(stored)) return false;
      if (/^-?\d+$/.test(written.raw)) return BigInt(written.raw) === BigInt(stored);
      return stored === Number(written.raw) && (stored !== 0 || !/[1-9]/.test(written.raw.replace(/e.*/i, "")));
    }
    case "list":
      return (
        Array.isArray(stored) &&
        stored.length === written.items.length &&
        written.items.every((item, index) => isKept(item, stored[index]))
      );
    case "object":
      return (
        typeof stored === "object" &&
        stored !== null &&
        !Array.isArray(stored) &&
        Object.getPrototypeOf(stored) === Object.prototype &&
        Object.keys(stored).length === written.pairs.length &&
        written.pairs.every(
          ([name, value]) => Object.hasOwn(stored, name) && isKept(value, (stored as Record<string, unknown>)[name]),
        )
      );
  }
}

export function toText(value: string): Written {
  return { kind: "text", value, raw: quoted(value, false) };
}
