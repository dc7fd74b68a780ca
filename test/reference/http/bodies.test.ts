/** Request bodies: what is no JSON, too large, or of another type. */
import { describe, expect, test } from "@jest/globals";
import { maxBodyBytes } from "../../../src/api/index.ts";
import { type Body, still } from "../caller.ts";
import { expectError } from "../expect-error.ts";

describe("400 validation_failed", () => {
  test.each<[string, string, RegExp]>([
    ["broken JSON", '{"phone": ', /not valid JSON/],
    ["no JSON at all", "phone=+971500000000", /not valid JSON/],
    ["nothing", "", /is empty/],
    ["JSON nested beyond reason", `{"metadata":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /nested/],
  ])("%s", async (_what, raw, sentence) => {
    await using api = still();
    const answer = await api.call("POST", "/v1/messaging/send", undefined, { raw });
    const { error } = expectError(answer, "validation_failed");
    expect(error.message).toMatch(sentence);
    expect(error.details).toHaveLength(1);
    expect(error.details[0].path).toEqual([]);
  });

  test("bytes that are not UTF-8", async () => {
    await using api = still();
    const response = await api.reference.fetch(
      new Request("http://127.0.0.1/v1/contacts", {
        method: "POST",
        headers: { Authorization: `Bearer ${api.reference.key}`, "Content-Type": "application/json" },
        body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
      }),
    );
    expect(response.status).toBe(400);
    expect(((await response.json()) as Body).error.message).toMatch(/UTF-8/);
  });
});

describe("what would not be kept as it is written is refused by its path", () => {
  const contact = (more: string) => `{"phone":"+971500000000",${more}}`;
  test.each<[string, string, (string | number)[], RegExp]>([
    ["1e400", contact('"properties":{"a":1e400}'), ["properties", "a"], /2\^53/],
    ["-1e400", contact('"properties":{"a":-1e400}'), ["properties", "a"], /2\^53/],
    ["an integer beyond 2^53", contact('"properties":{"a":9007199254740993}'), ["properties", "a"], /2\^53/],
    ["2^53 itself", contact('"properties":{"a":9007199254740992}'), ["properties", "a"], /send it as a string/],
    ["a large integer, written shortly", contact('"properties":{"a":1e20}'), ["properties", "a"], /2\^53/],
    ["a number that would become 0", contact('"properties":{"a":1e-400}'), ["properties", "a"], /close to 0/],
    ["__proto__", contact('"properties":{"__proto__":"x"}'), ["properties", "__proto__"], /use another/],
    ["__proto__, escaped", contact('"properties":{"\\u005f_proto__":"x"}'), ["properties", "__proto__"], /use another/],
    ["__proto__ of the body itself", contact('"__proto__":{"admin":true}'), ["__proto__"], /use another/],
    ["constructor", contact('"properties":{"constructor":"x"}'), ["properties", "constructor"], /use another/],
    ["prototype", contact('"properties":{"prototype":"x"}'), ["properties", "prototype"], /use another/],
    ["a name that is given twice", contact('"properties":{"a":1,"b":2,"a":3}'), ["properties", "a"], /given twice/],
    ["two phones", contact('"phone":"+971500000001"'), ["phone"], /given twice/],
    ["half an emoji", contact('"firstName":"\\ud83d"'), ["firstName"], /half an emoji/],
    ["the other half", contact('"tags":["a","b\\ude00"]'), ["tags", 1], /half an emoji/],
  ])("%s", async (_what, raw, path, sentence) => {
    await using api = still();
    const { error } = expectError(await api.call("POST", "/v1/contacts", undefined, { raw }), "validation_failed");
    expect(error.details.map((detail: Body) => detail.path)).toEqual([path]);
    expect(error.message).toMatch(sentence);
    expect((await api.call("GET", "/v1/contacts")).body.data).toEqual([]);
  });

  test("deep in metadata too, each of several", async () => {
    await using api = still();
    await api.inbound();
    const raw = `{"platform":"whatsapp","to":"+971500000000","messageType":"text","content":"Hi",
      "metadata":{"a":[{"b":[1,2,{"__proto__":1}]}],"c":123456789012345678901234567890,"d":"1e400"}}`;
    const answer = await api.call("POST", "/v1/messaging/send", undefined, { raw });
    const { error } = expectError(answer, "validation_failed");
    expect(error.details.map((detail: Body) => detail.path)).toEqual([
      ["metadata", "a", 0, "b", 2, "__proto__"],
      ["metadata", "c"],
    ]);
  });

  test("numbers and escapes that JavaScript keeps exactly are accepted", async () => {
    await using api = still();
    const properties = { a: 9007199254740991, b: -9007199254740991, c: 0.1, d: 5e-324, e: 0, f: 1.5e10, g: "1e400" };
    const { status, body } = await api.call("POST", "/v1/contacts", { phone: "+971500000000", properties });
    expect([status, body.properties]).toEqual([201, properties]);
    const text = contact(
      '"firstName":"\\ud83d\\ude00 {\\"a\\":1e400,\\"a\\":2}\\\\","properties":{"a":1.0,"b":10E-1,"c":-0.0}',
    );
    const answer = await api.call("POST", "/v1/contacts", undefined, { raw: text });
    expect(answer.body).toMatchObject({ firstName: '😀 {"a":1e400,"a":2}\\', properties: { a: 1, b: 1 } });
  });
});

describe("413 payload_too_large, 415 unsupported_media_type", () => {
  const padded = (bytes: number): string => {
    const body = JSON.stringify({ phone: "+971500000000" });
    return body + " ".repeat(bytes - body.length);
  };

  test("1 MiB is taken, one byte more is not, however it is counted", async () => {
    await using api = still();
    expect((await api.call("POST", "/v1/contacts", undefined, { raw: padded(maxBodyBytes) })).status).toBe(201);
    expectError(
      await api.call("POST", "/v1/contacts", undefined, { raw: padded(maxBodyBytes + 1) }),
      "payload_too_large",
    );
    // A length that is declared is refused before a byte is read; one that lies is found out.
    const declared = { headers: { "Content-Length": String(maxBodyBytes + 1) } };
    expectError(await api.call("POST", "/v1/contacts", { phone: "+971500000000" }, declared), "payload_too_large");
    const lying = { headers: { "Content-Length": "10" }, raw: padded(maxBodyBytes + 1) };
    expectError(await api.call("POST", "/v1/contacts", undefined, lying), "payload_too_large");
  });

  test("a body that never ends is cut off", async () => {
    await using api = still();
    let given = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const response = await api.reference.fetch(
      new Request("http://127.0.0.1/v1/contacts", {
        method: "POST",
        headers: { Authorization: `Bearer ${api.reference.key}`, "Content-Type": "application/json" },
        body: endless,
        duplex: "half",
      }),
    );
    expect(response.status).toBe(413);
    expect(given).toBeLessThan(2 * maxBodyBytes);
  });

  test.each([
    ["no type", ""],
    ["a form", "application/x-www-form-urlencoded"],
    ["a text", "text/plain; charset=utf-8"],
    ["a relative of JSON", "application/jsonp"],
  ])("%s", async (_what, type) => {
    await using api = still();
    const answer = await api.call(
      "POST",
      "/v1/contacts",
      { phone: "+971500000000" },
      { headers: { "Content-Type": type } },
    );
    expectError(answer, "unsupported_media_type");
  });

  test.each(["application/json; charset=utf-8", "Application/JSON"])("%s is JSON", async (type) => {
    await using api = still();
    const answer = await api.call(
      "POST",
      "/v1/contacts",
      { phone: "+971500000000" },
      { headers: { "Content-Type": type } },
    );
    expect(answer.status).toBe(201);
  });

  test("the type is checked before the size, the size before the JSON", async () => {
    await using api = still();
    const raw = "{".repeat(maxBodyBytes + 1);
    expectError(
      await api.call("POST", "/v1/contacts", undefined, { raw, headers: { "Content-Type": "text/plain" } }),
      "unsupported_media_type",
    );
    expectError(await api.call("POST", "/v1/contacts", undefined, { raw }), "payload_too_large");
  });
});
