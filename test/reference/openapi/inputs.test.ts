/**
 * The OpenAPI document and the server say the same of requests: what the document allows is taken, what it forbids is
 * refused. Random bodies and queries near the edge of every rule are put to both. What JSON Schema cannot say is listed
 * here, and in the document's description.
 */
import { expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { openApiDocument } from "../../../reference/index.ts";
import { type Endpoint, endpoints } from "../../../src/api/index.ts";
import { type Body, still } from "../caller.ts";

const document = openApiDocument({ extensions: true }) as Body;
const ajv = new Ajv2020({ strict: false, unicodeRegExp: true });
ajv.addSchema({ $id: "openapi.json", components: document.components });

function schemaOf(schema: Body) {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi.json#/components/')));
}

function bodyOf(name: keyof typeof endpoints) {
  const { method, path } = endpoints[name];
  return schemaOf(document.paths[path][method.toLowerCase()].requestBody.content["application/json"].schema);
}

const lengths = [1, 2, 20, 100, 200, 254, 256, 512, 2048, 4096];
const edges = lengths.flatMap((length) =>
  ["x", "😀", "é"].flatMap((one) => [one.repeat(length), one.repeat(length + 1)]),
);
const anyText = fc.oneof(
  fc.constantFrom("", " ", "\t\n", "\u00a0", "\ufeff", "\u200b", "a", "null", "__proto__", "\0", ...edges),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const anyNumber = fc.oneof(
  fc.constantFrom(0, 1, -1, 1.5, 100, 101, 2 ** 53 - 1, 1 - 2 ** 53, 2 ** 53, -(2 ** 53), 1e20, -1e300),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: anyText },
  { weight: 2, arbitrary: anyNumber },
  fc.constantFrom(null, true, false, [], {}, [""], ["a", "a"], { a: 1 }, { text: "a" }),
  fc.jsonValue({ maxDepth: 2 }),
);
const separators = fc.constantFrom("", " ", "-", ".", "(", ")", "\u2013", "\u2212", "_", "/");
const phone = fc.oneof(
  fc.constantFrom("+971500000000", "+1 (212) 555-0100", "971500000000", "+0123456789", "+123456", "+1234567890123456"),
  fc
    .array(fc.tuple(separators, fc.constantFrom("1", "2", "0", "٣")), { minLength: 5, maxLength: 17 })
    .map((parts) => `+${parts.flat().join("")}`),
);
const email = fc.oneof(
  fc.constantFrom("sara@example.com", " sara@example.com\n", "sara@example", "@example.com", "a@b.c", "a b@c.de"),
  fc.constantFrom(
    "sara@",
    "a@b@c.de",
    "عمر@مثال.إم",
    "a@b..c",
    "😀@example.com",
    `${"x".repeat(250)}@example.com`,
    "a@b.c;",
  ),
);
const url = fc.oneof(
  fc.constantFrom("https://example.com", "http://example.com/hooks?a=1#b", "HTTPS://EXAMPLE.COM", "https:/example.com"),
  fc.constantFrom(
    "https://user:pw@example.com/",
    "https://user@example.com",
    "ftp://example.com",
    "example.com",
    "https://",
  ),
  fc.constantFrom(
    "https://example.com:0/",
    "http://127.0.0.1:6000/",
    "http://127.0.0.1:99999/",
    "http://[::1]:8080/a b",
  ),
  fc.constantFrom(
    "http://%zz/",
    "http://exa mple.com",
    " https://example.com",
    "https://example.com\\@b",
    "http://[::1]:80/",
  ),
  fc.constantFrom(
    `https://example.com/${"x".repeat(2028)}`,
    `https://example.com/${"x".repeat(2029)}`,
    "http://a.b:22/x",
  ),
);

/** Mostly what fits, so that one thing at a time is wrong; sometimes left out, sometimes anything. */
function mostly<Value>(fitting: fc.Arbitrary<Value>) {
  return fc.oneof(
    { weight: 30, arbitrary: fitting },
    { weight: 1, arbitrary: anyText },
    { weight: 1, arbitrary: anything },
  );
}

/** A value that fits, or one of those that are near the edge of its rule. */
function around<Value>(fitting: Value, edge: fc.Arbitrary<Value>) {
  return mostly(fc.oneof({ weight: 12, arbitrary: fc.constant(fitting) }, { weight: 1, arbitrary: edge }));
}

/** All fields, or all but some. */
function mostFields(fields: Record<string, fc.Arbitrary<unknown>>) {
  return fc.oneof(
    { weight: 6, arbitrary: fc.record(fields) },
    { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
  );
}

function object(fields: Record<string, fc.Arbitrary<unknown>>) {
  return fc
    .tuple(mostFields(fields), fc.boolean(), anyText, anything)
    .map(([fitting, more, name, value]) => (more && value === null ? { ...fitting, [name]: value } : fitting));
}

const properties = mostly(
  fc.oneof(
    object({
      source: mostly(fc.constant("web")),
      language: mostly(fc.constant("en")),
      externalId: mostly(fc.constant("crm_1")),
      more: mostly(anyNumber),
    }),
    fc.dictionary(fc.constantFrom("a", "b", "constructor", "prototype", "toString"), anything, { maxKeys: 2 }),
  ),
);
const tags = mostly(
  fc.oneof(
    fc.array(mostly(fc.constant("lead")), { maxLength: 3 }),
    fc.constantFrom(Array(100).fill("a"), Array(101).fill("a")),
  ),
);
const channel = mostly(fc.constantFrom("whatsapp", "instagram"));
const contact = object({
  firstName: mostly(fc.constant("Sara")),
  lastName: mostly(fc.constant("Hussein")),
  phone: around("+971500000000", phone),
  email: around("sara@example.com", email),
  tags,
  channel,
  properties,
});
const template = object({
  name: mostly(fc.constant("order_follow_up")),
  language: mostly(fc.constantFrom("en", "ar", "\n\n")),
  components: mostly(
    fc.array(
      mostly(
        object({
          type: mostly(fc.constant("body")),
          parameters: mostly(
            fc.array(object({ type: mostly(fc.constant("text")), text: mostly(fc.constant("Sara")) }), {
              maxLength: 2,
            }),
          ),
        }),
      ),
      { maxLength: 2 },
    ),
  ),
});
const message = object({
  platform: mostly(fc.constantFrom("whatsapp", "telegram")),
  to: around("+971500000000", phone),
  messageType: mostly(fc.constantFrom("text", "template")),
  content: mostly(fc.constant("Hello")),
  metadata: mostly(object({ template, source: fc.oneof(fc.constant("api"), anything) })),
});
const webhook = object({
  url: around("https://example.com", url),
  events: mostly(fc.array(mostly(fc.constantFrom("message.created", "contact.updated")), { maxLength: 3 })),
  secret: mostly(fc.constant("s3cret")),
});

/** What the document cannot say: the server refuses it, and the document does not know why. */
const beyondJsonSchema: ((body: Body, text: string) => boolean)[] = [
  // Names and numbers at any depth of metadata; they are stated for properties.
  (_body, text) => /"(__proto__|constructor|prototype)":/.test(text),
  (body) => numbersIn(body?.metadata).some((number) => Math.abs(number) > Number.MAX_SAFE_INTEGER),
  (body) => typeof body?.email === "string" && body.email.trim().length > 254,
  (body) =>
    typeof body?.url === "string" && (!URL.canParse(body.url) || ["0", "22", "6000"].includes(new URL(body.url).port)),
];

function numbersIn(value: unknown): number[] {
  return typeof value === "number"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(numbersIn)
      : [];
}

test.each<[keyof typeof endpoints, string, fc.Arbitrary<unknown>]>([
  ["saveContact", "/v1/contacts", contact],
  ["updateContact", "/v1/contacts/contact_none", contact],
  ["sendMessage", "/v1/messaging/send", message],
  ["createWebhook", "/v1/webhooks", webhook],
])("%s takes the bodies that the document allows, and no others", async (name, path, bodies) => {
  await using api = still({ rateLimit: 1_000_000_000, deliver: async () => ({ status: 200 }) });
  const allows = bodyOf(name);
  const counts = { taken: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(mostly(bodies), async (body) => {
      const raw = JSON.stringify(body);
      const sent = JSON.parse(raw);
      const answer = await api.call(endpoints[name].method, path, undefined, { raw });
      const isTaken = answer.body.error?.code !== "validation_failed";
      const isAllowed = allows(sent);
      if (isAllowed && !isTaken && beyondJsonSchema.some((isBeyond) => isBeyond(sent, raw))) return;
      expect({ raw, isTaken, findings: answer.body.error?.details }).toEqual({
        raw,
        isTaken: isAllowed,
        findings: answer.body.error?.details,
      });
      counts[isTaken ? "taken" : "refused"] += 1;
    }),
    { numRuns: 2000 },
  );
  // The law says something only where both sides of it are met.
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(100);
});

const day = fc.constantFrom(
  "2024-02-29",
  "2023-02-29",
  "2024-02-30",
  "2024-04-31",
  "2024-12-31",
  "2024-13-01",
  "0000-02-29",
  "1900-02-29",
  "2024-00-10",
);
const time = fc.constantFrom(
  "11:00:00",
  "11:00",
  "24:00:00",
  "24:00:01",
  "23:59:60",
  "23:59:59.123456789",
  "23:60",
  "1:00",
  "11:00:00.",
);
const zone = fc.constantFrom("Z", "+04:00", "-11:30", "+24:00", "", "z", "+0400");
const instant = fc.tuple(day, time, zone).map(([date, clock, offset]) => `${date}T${clock}${offset}`);
const limit = fc.constantFrom(
  "0",
  "1",
  "50",
  "100",
  "101",
  "-1",
  "1.5",
  "1.0",
  "1e2",
  "lots",
  "",
  "9999999999999999999",
);
const queries: [keyof typeof endpoints, string, Record<string, fc.Arbitrary<string>>][] = [
  ["listMessages", "/v1/conversations/whatsapp%3A%2B971500000000/messages", { before: instant, limit }],
  ["listContacts", "/v1/contacts", { phone: anyText, email: anyText, externalId: anyText, query: anyText, limit }],
  [
    "listConversations",
    "/v1/conversations",
    { status: fc.constantFrom("open", "Open", ""), platform: fc.constantFrom("whatsapp", "sms"), limit },
  ],
  ["listTemplates", "/v1/templates", { platform: fc.constantFrom("whatsapp", "sms", "") }],
];

/** An independent calendar: whether the month has the day. */
function isRealDay(value: string): boolean {
  const [year = 0, month = 0, date = 0] = value.slice(0, 10).split("-").map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return date <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

test.each(queries)("%s takes the queries that the document allows, and no others", async (name, path, fields) => {
  await using api = still({ rateLimit: 1_000_000_000 });
  await api.inbound();
  const endpoint: Endpoint = endpoints[name];
  const parameters: Body[] = document.paths[endpoint.path].get.parameters;
  const rules = new Map(parameters.map(({ name: parameter, schema }) => [parameter, schemaOf(schema)]));
  const counts = { taken: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.record(fields, { requiredKeys: [] }), async (given) => {
      const query = given as Record<string, string>;
      const answer = await api.call("GET", `${path}?${new URLSearchParams(query)}`);
      const isAllowed = Object.entries(query).every(([parameter, value]) => {
        const written = parameter === "limit" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
        return rules.get(parameter)?.(written) && (parameter !== "before" || isRealDay(value));
      });
      expect([query, answer.status, answer.body.error?.code]).toEqual(
        isAllowed ? [query, 200, undefined] : [query, 400, "validation_failed"],
      );
      counts[isAllowed ? "taken" : "refused"] += 1;
    }),
    { numRuns: 600 },
  );
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(20);
});
