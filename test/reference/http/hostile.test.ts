/**
 * What nobody sends on purpose, over a real socket: every answer is JSON with `requestId` and `timestamp`, none is a 5xx,
 * and what is stored is what was sent. The oracle is its own: it compares the texts of numbers and the names in an object
 * as they were written, and knows nothing of how the server reads them.
 */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createReference, type LogEntry, type Reference } from "../../../reference/index.ts";
import { exchange, expectJson, type RawAnswer } from "./raw-socket.ts";

const key = "onsync_pk_test_k";
const unexpected: LogEntry[] = [];
let reference: Reference;
let port: number;

beforeAll(async () => {
  reference = createReference({
    keys: [key],
    rateLimit: 1_000_000_000,
    deliver: async () => ({ status: 200 }),
    log: (entry) => {
      if (entry.level === "error") unexpected.push(entry);
    },
  });
  ({ port } = await reference.listen());
});
afterAll(async () => {
  await reference.close();
  expect(unexpected).toEqual([]);
});

function request(method: string, target: string, headers: string[], body: string | Buffer = ""): Buffer {
  return Buffer.concat([
    Buffer.from(
      [`${method} ${target} HTTP/1.1`, "Host: 127.0.0.1", "Connection: close", ...headers, "", ""].join("\r\n"),
      "latin1",
    ),
    Buffer.from(body),
  ]);
}

function post(target: string, body: string | Buffer): Promise<RawAnswer[]> {
  return exchange(
    port,
    request(
      "POST",
      target,
      [`Authorization: Bearer ${key}`, "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`],
      body,
    ),
  );
}

function onlyAnswer(answers: RawAnswer[]): RawAnswer {
  expect(answers).toHaveLength(1);
  const answer = answers[0] as RawAnswer;
  expectJson(answer);
  expect(answer.status).toBeLessThan(500);
  return answer;
}

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

const text: fc.Arbitrary<Written> = fc
  .tuple(hostileText, fc.boolean())
  .map(([value, escapes]) => ({ kind: "text", value, raw: quoted(value, escapes) }));
const number: fc.Arbitrary<Written> = fc
  .oneof(
    fc.constantFrom("0", "-0", "1e400", "-1e400", "1e-400", "9007199254740991", "9007199254740992", "9007199254740993"),
    fc.constantFrom("-9007199254740993", "123456789012345678901234567890", "1E+2", "1.0", "0.1", "1e20", "5e-324"),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  )
  .map((raw) => ({ kind: "number", raw }));
const other: fc.Arbitrary<Written> = fc
  .constantFrom(true, false, null)
  .map((value) => ({ kind: "other", value, raw: String(value) }));

function objectOf(pairs: [string, Written][], escapes = false): Written {
  return {
    kind: "object",
    pairs,
    raw: `{${pairs.map(([name, value]) => `${quoted(name, escapes)}:${value.raw}`).join(",")}}`,
  };
}

function listOf(items: Written[]): Written {
  return {
    kind: "list",
    items,
    raw: `[${items.map(({ raw }) => raw).join(" ,\n")}]`,
  };
}

const fieldName = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 1,
    arbitrary: fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "a", "a", ""),
  },
);
const { any } = fc.letrec<{ any: Written }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    text,
    number,
    other,
    fc.array(tie("any"), { maxLength: 3 }).map(listOf),
    fc
      .tuple(fc.array(fc.tuple(fieldName, tie("any")), { maxLength: 4 }), fc.boolean())
      .map(([pairs, escapes]) => objectOf(pairs, escapes)),
  ),
}));

/** Whether the stored value is what was written: to the digit, to the character, no name more and none less. */
function isKept(written: Written, stored: unknown): boolean {
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

function sentText(value: string): Written {
  return { kind: "text", value, raw: quoted(value, false) };
}

test("messages: what was taken comes back as it was written, in the answer and in history; all else is refused", async () => {
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.oneof(
        any,
        fc.array(fc.tuple(fieldName, any), { maxLength: 3 }).map((pairs) => objectOf(pairs)),
      ),
      async (content, metadata) => {
        const body = objectOf([
          ["platform", sentText("telegram")],
          ["to", sentText("sara")],
          ["messageType", sentText("text")],
          ["content", content],
          ["metadata", metadata],
        ]);
        const answer = onlyAnswer(await post("/v1/messaging/send", body.raw));
        if (answer.status !== 201) {
          expect(answer.status).toBe(400);
          return;
        }
        kept += 1;
        const history = await exchange(
          port,
          request("GET", "/v1/conversations/telegram:sara/messages?limit=1", [`Authorization: Bearer ${key}`]),
        );
        for (const stored of [answer.body, onlyAnswer(history).body.data[0]]) {
          expect([body.raw, stored.id, isKept(content, stored.content), isKept(metadata, stored.metadata)]).toEqual([
            body.raw,
            answer.body.id,
            true,
            true,
          ]);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(30);
});

test("contacts: what was taken comes back as it was written; all else is refused", async () => {
  let kept = 0;
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fieldName, fc.oneof(text, number, other, any)), { maxLength: 3 }),
      text,
      fc.array(text, { maxLength: 3 }),
      async (properties, firstName, tags) => {
        count += 1;

        const body = objectOf([
          ["email", sentText(`${count}@example.com`)],
          ["firstName", firstName],
          ["tags", listOf(tags)],
          ["properties", objectOf(properties)],
        ]);
        const answer = onlyAnswer(await post("/v1/contacts", body.raw));
        if (answer.status !== 201) {
          expect(answer.status).toBe(400);
          return;
        }
        kept += 1;
        const read = onlyAnswer(
          await exchange(port, request("GET", `/v1/contacts/${answer.body.id}`, [`Authorization: Bearer ${key}`])),
        );
        // The same tag twice is one tag.
        const oneEach = tags.filter(
          (tag, index) =>
            tags.findIndex((each) => "value" in each && "value" in tag && each.value === tag.value) === index,
        );
        for (const stored of [answer.body, read.body]) {
          expect([
            body.raw,
            isKept(firstName, stored.firstName),
            isKept(listOf(oneEach), stored.tags),
            isKept(objectOf(properties), stored.properties),
          ]).toEqual([body.raw, true, true, true]);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(30);
});

const paths = [
  "/v1/contacts",
  "/v1/contacts/contact_1",
  "/v1/messaging/send",
  "/v1/conversations",
  "/v1/conversations/telegram:sara/messages",
  "/v1/webhooks",
  "/v1/webhooks/wh_1",
  "/v1/me",
  "/v1/templates",
  "/v1/openapi.json/",
];

function bytes(unit: fc.Arbitrary<Uint8Array>): fc.Arbitrary<string> {
  return unit.map((value) => Buffer.from(value).toString("latin1"));
}

const noise = fc.oneof(
  fc.constantFrom(
    "%00",
    "%2e%2e/",
    "%ff",
    "%",
    "%zz",
    "..",
    "//",
    "\\",
    ";",
    "?",
    "#",
    "%2F",
    "*",
    "{id}",
    "[",
    "\u00e9",
  ),
  fc.constantFrom("__proto__", "constructor", "=", "&", "+", "%20", "x".repeat(500), "9".repeat(400), "[]=1", "[a]=1"),
  fc.constantFrom(
    "limit=1",
    "limit=1&limit=2",
    "before=2024-02-30T00:00:00Z",
    "cursor=e30",
    "cursor=WzEsMl0",
    "cursor=WyJhIl0",
  ),
  fc.constantFrom(
    "cursor=WzFlNDAwXQ",
    "query=%22",
    "query=*",
    "query=a%20OR%20b",
    "phone=%2B1",
    "query=-",
    "query=NEAR(a b)",
  ),
  bytes(fc.uint8Array({ min: 0x21, max: 0xff, maxLength: 6 })),
);

test("addresses and queries of all sorts are answered in JSON, and never with a 5xx", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"),
      fc.constantFrom(...paths),
      fc.array(noise, { maxLength: 4 }),
      fc.constantFrom("", "?", "/", "%"),
      async (method, path, parts, glue) => {
        const target = `${path}${glue}${parts.join("")}`.replace(/[\r\n ]/g, "");
        const [answer, ...more] = await exchange(port, request(method, target, [`Authorization: Bearer ${key}`]), {
          ends: true,
        });
        expect([target, answer?.status, more]).toEqual([target, expect.any(Number), []]);
        expectJson(answer as RawAnswer);
        expect(answer?.status).toBeLessThan(500);
      },
    ),
    { numRuns: 400 },
  );
});

const whole = request(
  "POST",
  "/v1/contacts",
  [`Authorization: Bearer ${key}`, "Content-Type: application/json", "Content-Length: 24"],
  '{"phone":"+97150000000"}',
).toString("latin1");
const chunked = request(
  "POST",
  "/v1/contacts",
  [`Authorization: Bearer ${key}`, "Content-Type: application/json", "Transfer-Encoding: chunked"],
  '18\r\n{"phone":"+97150000000"}\r\n0\r\n\r\n',
).toString("latin1");
const insertion = fc.oneof(
  fc.constantFrom(
    "\r\n",
    "\n",
    "\r",
    "\0",
    " ",
    ":",
    "\t",
    "HTTP/1.1",
    "Content-Length: 5\r\n",
    "Host: b\r\n",
    "-1",
    "é",
  ),
  fc.constantFrom(
    "Transfer-Encoding: chunked\r\n",
    "Expect: 100-continue\r\n",
    "Expect: x\r\n",
    "Upgrade: h2c\r\n",
    "GET / HTTP/1.0\r\n\r\n",
  ),
  fc.constantFrom(
    `X: ${"y".repeat(17_000)}\r\n`,
    "Authorization: Bearer \u00ff\r\n",
    "Content-Type: text/plain\r\n",
    "Content-Encoding: gzip\r\n",
  ),
  bytes(fc.uint8Array({ maxLength: 4 })),
);

test("requests with bytes put in, left out or cut off are answered in JSON, or not at all where they never began", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(whole, chunked),
      fc.array(fc.tuple(fc.nat(400), fc.nat(3), insertion), { minLength: 1, maxLength: 3 }),
      fc.option(fc.nat(400), { freq: 4 }),
      async (base, changes, cut) => {
        let mutated = base;
        for (const [at, dropped, added] of changes) {
          const place = at % (mutated.length + 1);
          mutated = mutated.slice(0, place) + added + mutated.slice(place + dropped);
        }
        if (cut !== null) mutated = mutated.slice(0, cut);
        const answers = await exchange(port, Buffer.from(mutated, "latin1"), { ends: true });
        for (const answer of answers.filter(({ status }) => status !== 100)) {
          expectJson(answer);
          expect([mutated, answer.status < 500]).toEqual([mutated, true]);
        }
        // White space in front of a request is none.
        const begun = mutated.replace(/^[\r\n]+/, "") !== "";
        expect([mutated, answers.length > 0]).toEqual([mutated, begun]);
      },
    ),
    { numRuns: 500 },
  );
});

test("after all of that the reference answers as before", async () => {
  const [answer] = await exchange(port, request("GET", "/v1/me", [`Authorization: Bearer ${key}`]));
  expect(answer?.status).toBe(200);
});
