import { describe, expect, test } from "@jest/globals";
import type * as client from "../../../src/client/index.ts";
import { html, json, refused, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

/** What a read of a contact ends in, in one attempt. */
function read(step: Step) {
  return rejection(scriptedOnSync([step], { maxAttempts: 1 }).onsync.contacts.get("contact_1"));
}

const outside = { open: false, lastInboundAt: null, expiredAt: null, requiresTemplate: true };

describe("an answer with an error status", () => {
  test.each([
    [400, "validation_failed", "ValidationError", false],
    [400, "outside_messaging_window", "WindowClosedError", false],
    [401, "invalid_api_key", "AuthenticationError", false],
    [403, "insufficient_scope", "PermissionError", false],
    [404, "not_found", "NotFoundError", false],
    [404, "unknown_endpoint", "NotFoundError", false],
    [405, "method_not_allowed", "ApiError", false],
    [408, "request_timeout", "ApiError", true],
    [409, "duplicate", "DuplicateError", false],
    [413, "payload_too_large", "ApiError", false],
    [415, "unsupported_media_type", "ApiError", false],
    [418, "teapot", "ApiError", false],
    [429, "rate_limited", "RateLimitError", true],
    [500, "internal", "ServerError", true],
    [503, "unavailable", "ServerError", true],
  ])("%i %s is a %s (retryable: %s)", async (status, code, name, retryable) => {
    const error = await read(refused(status, code, [{ path: ["phone"], code: "custom", message: "must be so" }]));
    expect(error).toMatchObject({
      name,
      status,
      code,
      retryable,
      message: `The server says ${code}.`,
      requestId: "req_1",
      method: "GET",
      path: "/contacts/contact_1",
      details: [{ path: ["phone"], code: "custom", message: "must be so" }],
    });
    expect((error as client.OnSyncError).advice).toMatch(/^[A-Z].{20,}[.)\w]$/);
  });

  test.each([
    [400, "ValidationError"],
    [401, "AuthenticationError"],
    [403, "PermissionError"],
    [404, "NotFoundError"],
    [409, "DuplicateError"],
    [429, "RateLimitError"],
    [500, "ServerError"],
    [502, "ServerError"],
    [504, "ServerError"],
  ])("%i without the API's format is still a %s", async (status, name) => {
    const error = await read(html(status, { "x-request-id": "req_header" }));
    expect(error).toMatchObject({ name, status, code: "unknown", fromApi: false, requestId: "req_header" });
    expect((error as Error).message).toBe(
      `GET /contacts/contact_1 was answered ${status}, not in OnSync's format: something in front of it may have answered`,
    );
  });

  test.each([
    ["a code at the top", { code: "gone_fishing", message: "Not today." }, "gone_fishing", "Not today."],
    ["a text as error", { error: "Not Found" }, "Not Found", "Not Found"],
    ["a message alone", { message: "Internal server error" }, "unknown", "Internal server error"],
    ["an empty error", { error: {} }, "unknown", "GET /contacts/contact_1 was answered 500"],
  ])("takes what it can from other formats: %s", async (_what, body, code, message) => {
    const error = await read({ status: 500, headers: {}, text: JSON.stringify(body) });
    expect(error).toMatchObject({
      name: "ServerError",
      code,
      message: expect.stringContaining(message),
      fromApi: false,
    });
  });

  test("only OnSync's own format, with the status of its code, counts as OnSync's answer", async () => {
    expect(await read(refused(503, "unavailable"))).toMatchObject({ fromApi: true });
    expect(await read(refused(504, "unavailable"))).toMatchObject({ fromApi: false });
    const { text } = refused(500, "internal");
    const bare = JSON.stringify({ ...JSON.parse(text), requestId: undefined });
    expect(await read({ status: 500, headers: {}, text: bare })).toMatchObject({ fromApi: false });
  });

  test("a body that broke off or details of another shape do not hide the status", async () => {
    expect(
      await read({ ...refused(429, "rate_limited"), text: '{"err', incomplete: new Error("aborted") }),
    ).toMatchObject({
      name: "RateLimitError",
      code: "unknown",
    });
    expect(await read(refused(400, "validation_failed", "phone is wrong"))).toMatchObject({ details: [] });
    expect(await read(refused(400, "validation_failed", [null, "text", { path: "phone" }]))).toMatchObject({
      details: [{ path: [], code: "custom", message: "" }],
    });
  });

  test.each([301, 302, 304, 307, 308])(
    "%i: redirects are not followed, and the base URL is to be checked",
    async (status) => {
      const error = await read({ status, headers: { Location: "https://login.example.com/sso?next=1" }, text: "" });
      expect(error).toMatchObject({ name: "ApiError", status, code: "redirected", retryable: false });
      expect((error as Error).message).toContain("with a redirect to https://login.example.com (");
      expect((error as client.OnSyncError).advice).toContain("Check the base URL");
    },
  );
});

describe("what an error carries", () => {
  test("400: the advice names each field and the fix", async () => {
    const details = [
      { path: ["phone"], code: "custom", message: "must be a phone number" },
      { path: ["properties", "externalId"], code: "too_small", message: "must not be empty" },
    ];
    expect(await read(refused(400, "validation_failed", details))).toMatchObject({
      advice:
        "Correct the input and call again: phone: must be a phone number; properties.externalId: must not be empty",
    });
  });

  test("403: carries the scope that the answer names, else the endpoint's, and says where to grant it", async () => {
    const named = [{ path: ["scope"], code: "insufficient_scope", message: "needs write:webhooks" }];
    expect(await read(refused(403, "insufficient_scope", named))).toMatchObject({ scope: "write:webhooks" });
    expect(await read(refused(403, "insufficient_scope"))).toMatchObject({
      scope: "read:contacts",
      advice: "Edit the API key under Settings → API & Webhooks in OnSync and grant it read:contacts, then try again.",
    });
  });

  test.each([
    [
      "in messages",
      [
        { path: ["phone"], code: "duplicate", message: "belongs to contact_01A" },
        { path: ["email"], message: "belongs to contact_01B" },
      ],
    ],
    [
      "in fields",
      [
        { path: ["phone"], contactId: "contact_01A" },
        { path: ["email"], contactId: "contact_01B" },
      ],
    ],
    [
      "in a list",
      [{ path: [], code: "duplicate", message: "", contactIds: ["contact_01A", "contact_01B", "contact_01A"] }],
    ],
    ["in another shape", { phone: "contact_01A", email: "contact_01B" }],
  ])("409: carries the ids of the other contacts, which stand %s", async (_where, details) => {
    const { onsync } = scriptedOnSync([refused(409, "duplicate", details)]);
    const error = await rejection(onsync.contacts.save({ phone: "+971500000000" }));
    expect(error).toMatchObject({ name: "DuplicateError", contactIds: ["contact_01A", "contact_01B"] });
    expect((error as client.OnSyncError).advice).toContain("belong to contact_01A and contact_01B; update one of them");
  });

  test("400 outside the messaging window: carries the window and advises a template", async () => {
    const { onsync } = scriptedOnSync([
      json(400, { error: { code: "outside_messaging_window", message: "Closed." }, templateWindowStatus: outside }),
    ]);
    const error = await rejection(
      onsync.messages.send({ platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" }),
    );
    expect(error).toMatchObject({ name: "WindowClosedError", window: outside, outcome: "not_sent" });
    expect((error as client.OnSyncError).advice).toContain("send an approved template instead (send_template)");
  });

  test("429: carries the wait and the budget", async () => {
    const headers = { "Retry-After": "40", "RateLimit-Policy": '"org";q=1000;w=3600', RateLimit: '"org";r=0;t=3600' };
    expect(await read(refused(429, "rate_limited", undefined, headers))).toMatchObject({
      retryAfterMs: 40_000,
      limit: 1000,
      remaining: 0,
      resetAt: "2024-12-01T11:00:00.000Z",
      advice: "Wait 40 seconds before trying again; ask support@onsync.com for a higher limit if this happens often.",
    });
    expect(await read(html(429))).toMatchObject({ retryAfterMs: null, limit: null, remaining: null, resetAt: null });
  });

  test("5xx: carries the request id for support", async () => {
    expect(await read(refused(500, "internal"))).toMatchObject({
      advice: "Try again in a minute; if it goes on, write to support@onsync.com with request id req_1.",
    });
  });
});
