/** 400 `validation_failed`: each finding named by its path, in words that say what to do. */
import { describe, expect, test } from "@jest/globals";
import { type Body, still } from "../caller.ts";
import { expectError } from "../expect-error.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" };

describe("400 validation_failed", () => {
  test.each<[string, string, string, Body, Body[]]>([
    [
      "a body's field",
      "POST",
      "/v1/contacts",
      { phone: "0500000000" },
      [{ path: ["phone"], code: "custom", message: "must be a phone number in E.164 form, such as +971500000000" }],
    ],
    [
      "unknown fields, each by its path",
      "POST",
      "/v1/contacts",
      { phone: "+971500000000", fistName: "Sara", externalId: "crm_1" },
      [
        { path: ["fistName"], code: "unrecognized_keys", message: expect.stringContaining("not a known field") },
        { path: ["externalId"], code: "unrecognized_keys", message: expect.stringContaining("not a known field") },
      ],
    ],
    [
      "no identifier",
      "POST",
      "/v1/contacts",
      { firstName: "Sara" },
      [{ path: ["phone"], code: "custom", message: expect.stringContaining("phone, email and properties.externalId") }],
    ],
    [
      "null, which only PATCH takes",
      "POST",
      "/v1/contacts",
      { phone: "+971500000000", lastName: null },
      [{ path: ["lastName"], code: "invalid_type", message: expect.stringContaining("not null") }],
    ],
    [
      "a property that is no scalar",
      "PATCH",
      "/v1/contacts/contact_1",
      { properties: { size: { w: 1 } } },
      [{ path: ["properties", "size"], code: "invalid_union", message: expect.stringContaining("string") }],
    ],
    [
      "a message of no known type",
      "POST",
      "/v1/messaging/send",
      { ...text, messageType: "image" },
      [{ path: ["messageType"], code: "invalid_value", message: "must be one of text, template" }],
    ],
    [
      "a template elsewhere than on WhatsApp",
      "POST",
      "/v1/messaging/send",
      {
        platform: "instagram",
        to: "noor",
        messageType: "template",
        metadata: { template: { name: "a", language: "en" } },
      },
      [{ path: ["platform"], code: "invalid_value", message: "templates are sent on whatsapp only" }],
    ],
    [
      "a template message without its template",
      "POST",
      "/v1/messaging/send",
      { platform: "whatsapp", to: "+971500000000", messageType: "template" },
      [{ path: ["metadata"], code: "invalid_type", message: expect.stringContaining("is required") }],
    ],
    [
      "a text without content",
      "POST",
      "/v1/messaging/send",
      { platform: "whatsapp", to: "+971500000000", messageType: "text" },
      [{ path: ["content"], code: "invalid_type", message: expect.stringContaining("is required") }],
    ],
    [
      "a text of 4097 characters",
      "POST",
      "/v1/messaging/send",
      { ...text, content: "é".repeat(4097) },
      [{ path: ["content"], code: "custom", message: "must be at most 4096 characters" }],
    ],
    [
      "a WhatsApp address that is no phone number",
      "POST",
      "/v1/messaging/send",
      { ...text, to: " - " },
      [{ path: ["to"], code: "custom", message: expect.stringContaining("E.164") }],
    ],
    [
      "a blank text",
      "POST",
      "/v1/messaging/send",
      { ...text, content: " \n\u00a0" },
      [{ path: ["content"], code: "invalid_format", message: expect.stringContaining("blank") }],
    ],
    [
      "a blank address",
      "POST",
      "/v1/messaging/send",
      { ...text, platform: "telegram", to: " \t" },
      [{ path: ["to"], code: "invalid_format", message: "must not be blank" }],
    ],
    [
      "a webhook address with credentials",
      "POST",
      "/v1/webhooks",
      { url: "https://user:pw@example.com/hooks", events: ["message.created"] },
      [{ path: ["url"], code: "custom", message: expect.stringContaining("user name or a password") }],
    ],
    [
      "a webhook address at port 0",
      "POST",
      "/v1/webhooks",
      { url: "http://127.0.0.1:0/hooks", events: ["message.created"] },
      [{ path: ["url"], code: "custom", message: expect.stringContaining("port 0") }],
    ],
    [
      "a webhook address at a port that no HTTP client calls",
      "POST",
      "/v1/webhooks",
      { url: "http://127.0.0.1:6000/hooks", events: ["message.created"] },
      [{ path: ["url"], code: "custom", message: expect.stringContaining("port 6000") }],
    ],
    [
      "an unknown event",
      "POST",
      "/v1/webhooks",
      { url: "https://example.com", events: ["message.deleted"] },
      [{ path: ["events", 0], code: "invalid_value", message: expect.stringContaining("message.created") }],
    ],
    [
      "a webhook address of another scheme",
      "POST",
      "/v1/webhooks",
      { url: "file:///etc/passwd", events: ["message.created"] },
      [{ path: ["url"], code: "custom", message: expect.any(String) }],
    ],
    [
      "a list for a body",
      "POST",
      "/v1/contacts",
      [],
      [{ path: [], code: "invalid_type", message: expect.stringContaining("must be an object") }],
    ],
    [
      "a query's number",
      "GET",
      "/v1/contacts?limit=lots",
      undefined,
      [{ path: ["limit"], code: "invalid_type", message: expect.stringContaining("number") }],
    ],
    [
      "a limit beyond 100",
      "GET",
      "/v1/conversations?limit=101",
      undefined,
      [{ path: ["limit"], code: "too_big", message: expect.stringContaining("100") }],
    ],
    [
      "a limit of nothing",
      "GET",
      "/v1/conversations/whatsapp:+971500000000/messages?limit=0",
      undefined,
      [{ path: ["limit"], code: "too_small", message: expect.stringContaining("1") }],
    ],
    [
      "a parameter given twice",
      "GET",
      "/v1/contacts?limit=1&limit=2",
      undefined,
      [{ path: ["limit"], code: "invalid_type", message: expect.stringContaining("array") }],
    ],
    [
      "an unknown parameter",
      "GET",
      "/v1/contacts?page=2",
      undefined,
      [{ path: ["page"], code: "unrecognized_keys", message: expect.any(String) }],
    ],
    ...["__proto__=x", "__proto__=1&__proto__=2", "constructor=x", "toString=x"].map(
      (given): [string, string, string, Body, Body[]] => [
        `a parameter by a name of JavaScript's own: ${given}`,
        "GET",
        `/v1/contacts?${given}`,
        undefined,
        [{ path: [given.split("=")[0]], code: expect.any(String), message: expect.stringContaining("not a known") }],
      ],
    ),
    [
      "a time without a zone",
      "GET",
      "/v1/conversations/whatsapp:+971500000000/messages?before=2024-12-01T11:00:00",
      undefined,
      [{ path: ["before"], code: "custom", message: expect.stringContaining("ISO 8601") }],
    ],
    ...["2024-02-30T00:00:00Z", "2023-02-29T10:00:00Z", "1900-02-29T10:00:00Z", "2024-04-31T10:00:00+04:00"].map(
      (before): [string, string, string, Body, Body[]] => [
        `a day that there is not: ${before}`,
        "GET",
        `/v1/conversations/whatsapp:+971500000000/messages?before=${encodeURIComponent(before)}`,
        undefined,
        [{ path: ["before"], code: "custom", message: expect.stringContaining("day that there is not") }],
      ],
    ),
    ...["2024-12-01T24:00:01Z", "2024-12-01T24:00:00Z", "2024-13-01T10:00:00Z", "2024-12-01T10:60:00Z"].map(
      (before): [string, string, string, Body, Body[]] => [
        `a time that there is not: ${before}`,
        "GET",
        `/v1/conversations/whatsapp:+971500000000/messages?before=${encodeURIComponent(before)}`,
        undefined,
        [{ path: ["before"], code: "custom", message: expect.stringContaining("ISO 8601") }],
      ],
    ),
    [
      "a cursor of another list",
      "GET",
      "/v1/contacts?cursor=abc",
      undefined,
      [{ path: ["cursor"], code: "custom", message: expect.stringContaining("nextCursor") }],
    ],
    [
      "a path parameter",
      "GET",
      `/v1/contacts/${"x".repeat(401)}`,
      undefined,
      [{ path: ["id"], code: "too_big", message: expect.stringContaining("400") }],
    ],
  ])("%s", async (_what, method, path, body, details) => {
    await using api = still();
    const { error } = expectError(await api.call(method, path, body), "validation_failed");
    expect(error.details).toEqual(details);
    // One sentence, which names the first field.
    expect(error.message.startsWith(details[0].path.length > 0 ? details[0].path.join(".") : "The body")).toBe(true);
  });
});
