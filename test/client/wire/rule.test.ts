/** The client's rules, beside the schemas that they are written from: zod is the oracle. */
import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import type * as z from "zod";
import { type Endpoint, type EndpointName, endpoints, samples, toErrorDetails } from "../../../src/api/index.ts";
import { endpoints as clientEndpoints } from "../../../src/client/wire/endpoints.ts";
import { checkValue, type Rule } from "../../../src/client/wire/rule.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";

type Pair = { name: string; schema: z.ZodType; rule: Rule; isAnswer?: boolean };

const pairs: Pair[] = (Object.keys(endpoints) as EndpointName[]).flatMap((name) => {
  const { query, body, answers }: Endpoint = endpoints[name];
  const client: { query?: Rule; body?: Rule; answer: Rule } = clientEndpoints[name];
  return [
    ...(query ? [{ name: `the query of ${name}`, schema: query, rule: client.query as Rule }] : []),
    ...(body ? [{ name: `the body of ${name}`, schema: body, rule: client.body as Rule }] : []),
    ...Object.values(answers).map(({ schema }) => ({
      name: `the answer of ${name}`,
      schema,
      rule: client.answer,
      isAnswer: true,
    })),
  ];
});

/** What a schema says of it, in the words of the API; the value it passes on where nothing is wrong. */
function judge({ schema }: Pair, value: unknown) {
  const { error, data } = schema.safeParse(value);
  return error ? { details: toErrorDetails(error, value) } : { data };
}

function judgeByRule({ rule, isAnswer }: Pair, value: unknown) {
  const result = checkValue(rule, value);
  if (isAnswer) expect(checkValue(rule, value, false)).toEqual({ ...result, value });
  return result.findings.length > 0
    ? { details: toErrorDetails({ issues: result.findings }, value) }
    : { data: result.value };
}

class Instance {
  source = "a class";
}

const text = fc.oneof(
  fc.constantFrom("", " ", "\u2028", "whatsapp", "telegram", "+971 50 000-0000", "+0", "sara@example.com", "text"),
  fc.constantFrom("2024-12-01T11:00:00Z", "2024-02-30T11:00:00Z", "2024-12-01", "https://a.example/x", "http://u:p@a"),
  fc.constantFrom("https://a.example:25/", "message.created", "open", "template", "\ud800"),
  fc
    .constantFrom(19, 20, 21, 100, 101, 200, 201, 256, 257, 1000, 4096, 4097)
    .chain((length) => fc.constantFrom("a", "😀", "e\u0301").map((unit) => unit.repeat(length))),
);
const number = fc.constantFrom(0, -0, 1, 0.5, 50, 100, 101, 2 ** 53, -(2 ** 53), Number.POSITIVE_INFINITY, Number.NaN);
const odd = fc.constantFrom(null, undefined, true, 1n, Symbol("odd"), new Date(0), new Map(), new Instance());
const anything = fc.oneof(text, number, odd, fc.array(text, { maxLength: 3 }), fc.anything({ maxDepth: 2 }));
const list = fc.constantFrom(99, 100, 101).map((length) => Array.from({ length }, (_, index) => `tag ${index % 60}`));

/** A place of a value, and what is put there. */
const edit = fc.record({
  at: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }),
  what: fc.constantFrom("replace", "remove", "add"),
  name: fc.constantFrom("extra", "content", "phone", "email", "limit", "__proto__", "constructor", "toString"),
  value: fc.oneof(anything, list),
});
type Edit = typeof edit extends fc.Arbitrary<infer Each> ? Each : never;

function apply(value: unknown, { at: [first = 0, ...rest], ...change }: Edit): unknown {
  if (typeof value !== "object" || value === null) return change.value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  const names = Object.keys(copy);
  const name = names[first % Math.max(1, names.length)];
  if (change.what === "add" || name === undefined) {
    // As JSON.parse makes it: an assignment of __proto__ would make no field.
    Object.defineProperty(copy, change.name, {
      value: change.value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else if (rest.length > 0) copy[name] = apply(copy[name], { at: rest, ...change });
  else if (change.what === "remove") delete copy[name];
  else copy[name] = change.value;
  return copy;
}

const envelope = { requestId: "req_1", timestamp: "2024-12-01T10:00:00.000Z" };
/** What is right for some of them. */
const starts: object[] = [
  {},
  ...Object.values(samples).flatMap((sample) => [sample, { ...sample, ...envelope }]),
  ...Object.values(samples).map((sample) => ({ data: [sample], nextCursor: null, nextBefore: null, ...envelope })),
  { url: "https://example.com/hooks", events: ["message.created", "message.created"], secret: "whsec_1" },
  { id: "wh_1", deleted: true, ...envelope },
  { firstName: null, tags: null, properties: { externalId: null, score: 4 } },
  { platform: "whatsapp", limit: 5, cursor: "next", status: "open", before: "2024-12-01T11:00:00+02:00" },
];

describe.each(pairs)("$name", (pair) => {
  test("says what its schema says, of what is right and of what is wrong in any place", () => {
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.array(edit, { maxLength: 3 }), (start, edits) => {
        const value = edits.reduce<unknown>(apply, start);
        expect(judgeByRule(pair, value)).toEqual(judge(pair, value));
      }),
      { numRuns: chooseRuns(150) },
    );
  });

  test("says what its schema says of anything at all", () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(judgeByRule(pair, value)).toEqual(judge(pair, value));
      }),
      { numRuns: chooseRuns(40) },
    );
  });
});

test("some of what is tried is right, for every request and answer", () => {
  const never = pairs.filter((pair) => !starts.some((start) => "data" in judge(pair, start)));
  expect(never.map(({ name }) => name)).toEqual([]);
});

test("a field of the name __proto__ is no field, and changes nothing of the others", () => {
  const given: unknown = JSON.parse('{"__proto__":{"admin":true},"source":"fair"}');
  const { value } = checkValue({ is: "record", of: { is: "unknown" } }, given);
  expect([value, Object.getPrototypeOf(value)]).toEqual([{ source: "fair" }, Object.prototype]);
});

test("what is far too long is refused without counting its characters", () => {
  const long = "a".repeat(10_000);
  // What counts the characters of a text goes through them.
  const texts = String.prototype as unknown as { iterate(): Iterator<string> };
  const counted = jest.spyOn(texts, Symbol.iterator as unknown as "iterate");
  try {
    const contact = checkValue(clientEndpoints.saveContact.body, { phone: "+971500000000", firstName: long });
    expect(contact.findings).toMatchObject([{ code: "too_big", path: ["firstName"], maximum: 200 }]);
    const message = { platform: "telegram", to: "x", messageType: "text", content: long };
    const { findings } = checkValue(clientEndpoints.sendMessage.body, message);
    expect(findings).toMatchObject([{ path: ["content"], message: "must be at most 4096 characters" }]);
    expect(counted).not.toHaveBeenCalled();
  } finally {
    counted.mockRestore();
  }
});

test("an answer that is wrong in very many places is read to its end", () => {
  const { findings } = checkValue(clientEndpoints.listContacts.answer, { data: Array(200_000).fill(null) });
  expect(findings.length).toBeGreaterThan(200_000);
});
