/** Nothing that opens a door is shown of a request. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { maskBody, maskHeaders, maskPath } from "../../../../reference/console/requests/mask.ts";

/** Made up, like everything here. */
const key = `onsync_pk_test_${"k".repeat(32)}`;
const secret = "whsec_madeUpMadeUpMadeUp";
const word = "correct-horse-battery";

describe("a body", () => {
  test.each<[string, string, string]>([
    ["a secret by its name", `{ "secret" : "${word}" }`, '{"secret":"[masked]"}'],
    ["a secret by its form", `{"note":"use ${secret}"}`, '{"note":"use whsec_…"}'],
    ["a key, of which the beginning stays", `{"a":["${key}"]}`, '{"a":["onsync_pk_test_kkkk…"]}'],
    ["a name that is escaped", `{"\\u0073ecret":"${word}"}`, '{"secret":"[masked]"}'],
    ["an object under such a name", `{"token":{"value":"${word}"}}`, '{"token":"[masked]"}'],
    ["the first of a name given twice", `{"secret":"${word}","secret":null}`, '{"secret":"[masked]","secret":null}'],
    ["what is cut off", `{"a":1,"secret":"${word.slice(0, 10)}`, '{"a":1,"secret":"[masked]"'],
    ["a field of a form", `token=${word}&a=1`, "token=[masked]&a=1"],
    ["what is no JSON", `key=${key}&x=${secret}`, "key=onsync_pk_test_kkkk…&x=whsec_…"],
  ])("masks %s", (_title, body, shown) => {
    expect(maskBody(body)).toBe(shown);
  });

  test.each([
    '{ "content" : "my secret is safe",\n  "tags": ["token"] }',
    '{"secret":null}',
    "<html>502 Bad Gateway</html>",
    "",
    '{"big":9007199254740993}',
  ])("that has none is shown letter by letter: %s", (body) => {
    expect(maskBody(body)).toBe(body);
  });

  test("property: wherever a secret stands and however it is written, it is not shown", () => {
    const escapeAll = (text: string): string =>
      [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    const named = fc.constantFrom("secret", "SECRET", "token", "password", "api_key", "client_secret");
    const leaf = fc.oneof(
      fc.record({ name: named, escapes: fc.boolean(), value: fc.constant(word) }),
      fc.record({ name: fc.constant("note"), escapes: fc.boolean(), value: fc.constantFrom(key, secret) }),
    );
    const wrap = fc.array(fc.constantFrom("object", "array"), { maxLength: 4 });
    fc.assert(
      fc.property(leaf, wrap, ({ name, escapes, value }, around) => {
        const inner = `{"${escapes ? escapeAll(name) : name}":"${escapes ? escapeAll(value) : value}"}`;
        const body = around.reduce((text, kind) => (kind === "array" ? `[1, ${text}]` : `{"x": ${text}}`), inner);
        const shown = JSON.stringify(JSON.parse(maskBody(body)));
        for (const hidden of [word, key, secret]) expect(shown).not.toContain(hidden);
      }),
    );
  });
});

test("headers that carry a door's key are masked whole, others where a key stands in them", () => {
  expect(
    maskHeaders([
      ["cookie", "a=b"],
      ["X-Api-Key", "abc"],
      ["content-type", "application/json"],
      ["referer", `https://x/?k=${key}`],
    ]),
  ).toEqual([
    ["cookie", "[masked]"],
    ["X-Api-Key", "[masked]"],
    ["content-type", "application/json"],
    ["referer", "https://x/?k=onsync_pk_test_kkkk…"],
  ]);
});

test.each<[string, string]>([
  [`/v1/contacts?key=${key}`, "/v1/contacts?key=onsync_pk_test_kkkk…"],
  [`/v1/contacts?key=onsync%5Fpk%5Ftest%5F${"k".repeat(32)}`, "/v1/contacts?key=onsync_pk_test_kkkk…"],
  [
    `/v1/contacts?API_KEY=${"k".repeat(9)}&query=b&password=a%20b`,
    "/v1/contacts?API_KEY=[masked]&query=b&password=[masked]",
  ],
  ["/v1/contacts?%74oken=made%20up", "/v1/contacts?%74oken=[masked]"],
  ["/v1/contacts?token=a?b&c=d", "/v1/contacts?token=[masked]&c=d"],
  [
    `/v1/a%?b=onsync%5Fpk%5Ftest%5F${"k".repeat(32)}%&c=${key}`,
    "/v1/a%?b=onsync_pk_test_kkkk…%&c=onsync_pk_test_kkkk…",
  ],
  ["/v1/contacts?query=token%20of%20love&secretary=a", "/v1/contacts?query=token%20of%20love&secretary=a"],
  ["/v1/contacts?query=a%20b", "/v1/contacts?query=a%20b"],
  ["/v1/contacts/%", "/v1/contacts/%"],
])("of the path %s is shown %s", (path, shown) => {
  expect(maskPath(path)).toBe(shown);
});
