/** Request bodies: what is no JSON, too large, or of another type. */
import { describe, expect, test } from "@jest/globals";
import { maxBodyBytes } from "../../src/api/index.ts";
import { type Body, still } from "./caller.ts";
import { expectError } from "./expect-error.ts";

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
