/** Random input near the edge of every rule, and the schemas of the OpenAPI document that it is put to. */
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { openApiDocument } from "../../../reference/index.ts";
import type { Body } from "../caller.ts";

export const document = openApiDocument({ extensions: true }) as Body;

const ajv = new Ajv2020({ strict: false, unicodeRegExp: true });

ajv.addSchema({ $id: "openapi.json", components: document.components });

export function compileSchema(schema: Body) {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi.json#/components/')));
}

const lengths = [1, 2, 20, 100, 200, 254, 256, 512, 2048, 4096];

const edges = lengths.flatMap((length) =>
  ["x", "😀", "é"].flatMap((one) => [one.repeat(length), one.repeat(length + 1)]),
);

export const anyText = fc.oneof(
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
export function mostly<Value>(fitting: fc.Arbitrary<Value>) {
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

export const contact = object({
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

export const message = object({
  platform: mostly(fc.constantFrom("whatsapp", "telegram")),
  to: around("+971500000000", phone),
  messageType: mostly(fc.constantFrom("text", "template")),
  content: mostly(fc.constant("Hello")),
  metadata: mostly(object({ template, source: fc.oneof(fc.constant("api"), anything) })),
});

export const webhook = object({
  url: around("https://example.com", url),
  events: mostly(fc.array(mostly(fc.constantFrom("message.created", "contact.updated")), { maxLength: 3 })),
  secret: mostly(fc.constant("s3cret")),
});
