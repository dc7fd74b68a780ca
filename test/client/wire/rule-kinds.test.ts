/** Each kind of rule and of check by itself, at its bounds, beside a schema that asks for the same: zod is the oracle. */
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { toErrorDetails } from "../../../src/api/index.ts";
import { checkValue, type Rule } from "../../../src/client/wire/rule.ts";

class Instance {
  source = "a class";
}

const text = { is: "string" } as const satisfies Rule;
const filled = { is: "string", checks: [{ minLength: 1, error: "must not be empty", stops: true }] } as const;
const zFilled = z.string().min(1, { error: "must not be empty", abort: true });
const bare = Object.assign(Object.create(null), { a: "x" });
const isEven = (value: unknown): boolean => Number(value) % 2 === 0;
const hasTwo = (value: object): boolean => Object.keys(value).length === 2;

const pairs: [what: string, z.ZodType, Rule, values: unknown[]][] = [
  ["a text", z.string(), text, ["", "x", 1, null, undefined, [], true]],
  ["a number", z.number(), { is: "number" }, [0, -1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", 1n]],
  ["true or false", z.boolean(), { is: "boolean" }, [true, false, 0, "true"]],
  ["anything", z.unknown(), { is: "unknown" }, [0, null, undefined]],
  ["what may be left out", z.string().optional(), { is: "string", optional: true }, [undefined, null, "x"]],
  ["what may be null", z.string().nullable(), { is: "string", nullable: true }, [undefined, null, "x", 1]],
  ["a default", z.string().default("y"), { is: "string", fallback: "y" }, [undefined, null, "x", 1]],
  ["a choice", z.enum(["a", "b"]), { is: "choice", values: ["a", "b"] }, ["a", "b", "c", "", null, undefined, 1]],
  [
    "a choice in words of its own",
    z.enum(["a"], { error: "take a" }),
    { is: "choice", values: ["a"], error: "take a" },
    ["a", "b", undefined],
  ],
  [
    "lengths of a text",
    z.string().min(2).max(3),
    { is: "string", checks: [{ minLength: 2 }, { maxLength: 3 }] },
    ["", "1", "12", "123", "1234", ["1"], [1, 2, 3, 4], 7],
  ],
  [
    "lengths of a list",
    z.array(z.string()).min(1).max(2),
    { is: "array", of: text, checks: [{ minLength: 1 }, { maxLength: 2 }] },
    [[], ["a"], ["a", "b"], [1, 2], {}, "text", 1, Array(1)],
  ],
  ["bounds", z.number().min(1).max(3), { is: "number", checks: [{ min: 1 }, { max: 3 }] }, [0, 0.9, 1, 3, 3.1, "2"]],
  [
    "a whole number",
    z.int().min(2),
    {
      is: "number",
      checks: [
        { int: true, stops: true },
        { min: Number.MIN_SAFE_INTEGER },
        { max: Number.MAX_SAFE_INTEGER },
        { min: 2 },
      ],
    },
    [2, 1, 1.5, 2 ** 53, -(2 ** 53), "2", Number.NaN],
  ],
  [
    "a form",
    z.string().regex(/^a/, { error: "must begin with a" }),
    { is: "string", checks: [{ pattern: /^a/, error: "must begin with a" }] },
    ["a", "b"],
  ],
  [
    "a test of its own",
    z.number().refine(isEven, { error: "must be even" }),
    { is: "number", checks: [{ test: isEven, error: "must be even" }] },
    [2, 3, "x"],
  ],
  [
    "a test that names a field",
    z.looseObject({}).refine(hasTwo, { error: "give two", path: ["second"] }),
    { is: "object", fields: {}, checks: [{ test: hasTwo, path: ["second"], error: "give two" }] },
    [{ a: 1, b: 2 }, { a: 1 }, null],
  ],
  [
    "a change, and what is checked after it",
    z.string().trim().min(1),
    { is: "string", checks: [{ change: (value: string) => value.trim() }, { minLength: 1 }] },
    [" a ", "  ", 1],
  ],
  [
    "what stops, and what would come after it",
    z.string().min(2, { error: "short", abort: true }).regex(/^a/, { error: "no a" }),
    {
      is: "string",
      checks: [
        { minLength: 2, error: "short", stops: true },
        { pattern: /^a/, error: "no a" },
      ],
    },
    ["b", "bb", "ab", 1],
  ],
  [
    "what does not stop, and what comes after it",
    z.string().regex(/^a/, { error: "no a" }).regex(/b$/, { error: "no b" }),
    {
      is: "string",
      checks: [
        { pattern: /^a/, error: "no a" },
        { pattern: /b$/, error: "no b" },
      ],
    },
    ["x", "a", "b", "ab"],
  ],
  [
    "a field beside one whose check stops",
    z.looseObject({ a: zFilled, b: z.array(z.string()).min(3), c: zFilled }),
    { is: "object", fields: { a: filled, b: { is: "array", of: text, checks: [{ minLength: 3 }] }, c: filled } },
    [
      { a: "", b: "xy", c: "" },
      { a: "", b: [1], c: "x" },
      { a: "x", b: ["1", "2", "3"], c: "x" },
    ],
  ],
  [
    "an object that takes other fields",
    z.looseObject({ a: z.string(), b: z.string().optional() }),
    { is: "object", fields: { a: text, b: { is: "string", optional: true } } },
    [{ a: "x" }, { a: "x", c: 1 }, { a: "x", b: undefined }, {}, [], null, "x", new Instance(), bare],
  ],
  [
    "an object that takes no other fields",
    z.strictObject({ a: z.string() }),
    { is: "object", fields: { a: text }, rest: null },
    [{ a: "x" }, { a: "x", c: 1, toString: 2 }, { c: 1 }, { a: 1, d: 1 }],
  ],
  [
    "an object whose other fields are texts",
    z.looseObject({ a: z.number() }).catchall(z.string()),
    { is: "object", fields: { a: { is: "number" } }, rest: text },
    [
      { a: 1, b: "x" },
      { a: 1, b: 2 },
      { a: "x", b: undefined },
    ],
  ],
  [
    "a record",
    z.record(z.string(), z.string()),
    { is: "record", of: text },
    [{}, { a: "x" }, { a: 1 }, [], null, new Instance(), new Map(), bare, { constructor: "x" }, { constructor: 1 }],
  ],
  [
    "one of two kinds",
    z.union([zFilled, z.number()]),
    { is: "union", of: [filled, { is: "number" }] },
    ["x", "", 1, Number.NaN, true, null, undefined],
  ],
  [
    "one of two kinds, with something wrong in it that does not stop",
    z.union([z.string().min(2, { error: "short" }), z.number().min(2, { error: "small" })]),
    {
      is: "union",
      of: [
        { is: "string", checks: [{ minLength: 2, error: "short" }] },
        { is: "number", checks: [{ min: 2, error: "small" }] },
      ],
    },
    ["x", 1, "xx", 2, true],
  ],
  [
    "one of two that are alike",
    z.union([z.string().min(2, { error: "short" }), z.string().min(3, { error: "shorter" })]),
    {
      is: "union",
      of: [
        { is: "string", checks: [{ minLength: 2, error: "short" }] },
        { is: "string", checks: [{ minLength: 3, error: "shorter" }] },
      ],
    },
    ["x", "xx", 1],
  ],
  [
    "a variant",
    z.discriminatedUnion("kind", [
      z.looseObject({ kind: z.literal("a"), of: z.string() }),
      z.looseObject({ kind: z.literal("b") }),
    ]),
    {
      is: "variant",
      by: "kind",
      of: {
        a: { is: "object", fields: { kind: { is: "choice", values: ["a"] }, of: text } },
        b: { is: "object", fields: { kind: { is: "choice", values: ["b"] } } },
      },
    },
    [
      { kind: "a", of: "x" },
      { kind: "a" },
      { kind: "b" },
      { kind: "c" },
      { kind: "toString" },
      { kind: 1 },
      {},
      null,
      [],
    ],
  ],
];

describe.each(pairs)("a rule for %s", (_what, schema, rule, values) => {
  test.each(values.map((value, index) => ({ index, value })))("says of value $index what zod says", ({ value }) => {
    const { error, data } = schema.safeParse(value);
    const { value: checked, findings } = checkValue(rule, value);
    const details = (issues: Parameters<typeof toErrorDetails>[0]["issues"]) => toErrorDetails({ issues }, value);
    expect(details(findings)).toEqual(details(error?.issues ?? []));
    if (!error) expect(checked).toEqual(data);
    // An answer is passed on as it came, with the same findings.
    expect(checkValue(rule, value, false).findings).toEqual(findings);
  });
});

test("a rule for the length of a text counts an emoji once", () => {
  const rule: Rule = { is: "string", checks: [{ minLength: 2 }, { maxLength: 3 }] };
  const texts = ["😀", "😀😀", "😀😀😀", "😀😀😀😀"];
  expect(texts.map((value) => checkValue(rule, value).findings.map(({ code }) => code))).toEqual([
    ["too_small"],
    [],
    [],
    ["too_big"],
  ]);
});
