/** Error answers that leave out what the others have, or say it in another way. */
import { describe, expect, test } from "@jest/globals";
import { ConnectionError, PermissionError, ValidationError } from "../../../src/client/index.ts";
import { html, json, refused, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

/** What a read of a contact ends in, in one attempt. */
function read(step: Step) {
  return rejection(scriptedOnSync([step], { maxAttempts: 1 }).onsync.contacts.get("contact_1"));
}

function answer(status: number, body: object, headers: Record<string, string> = {}): Step {
  return { status, headers, text: JSON.stringify(body) };
}

describe("an error answer", () => {
  test("says what happened in a thousand characters at most", async () => {
    const error = (await read(answer(418, { error: { message: "x".repeat(1001) } }))) as Error;
    expect(error.message).toBe("x".repeat(1000));
  });

  test.each([
    ["the message of the body where the error's own is blank", { error: { message: " " }, message: "Not now." }],
    ["the error itself where it is a text", { error: "Not now.", message: 7 }],
  ])("is told by %s", async (_what, body) => {
    expect(await read(answer(418, body))).toMatchObject({ message: "Not now." });
  });

  test("keeps the numbers and the fields of its details, and writes the rest of a path as text", async () => {
    const details = [{ path: ["tags", 0, null], code: " ", message: "is wrong", limit: 5 }];
    expect(await read(refused(400, "validation_failed", details))).toMatchObject({
      details: [{ path: ["tags", 0, "null"], code: "custom", message: "is wrong", limit: 5 }],
    });
  });

  test.each([
    ["a code that OnSync does not have", 418, { code: "teapot", message: "No." }],
    ["a code by a name that every object has", 400, { code: "toString", message: "No." }],
    ["no message", 404, { code: "not_found" }],
    ["a code that is no text", 404, { code: 404, message: "No." }],
  ])("is not OnSync's own with %s", async (_what, status, error) => {
    expect(await read(json(status, { error }))).toMatchObject({ status, fromApi: false });
  });

  test.each([
    ["no address", {}],
    ["an address that is none", { location: "/elsewhere" }],
  ])("that redirects to %s names none", async (_what, headers) => {
    expect(await read({ status: 300, headers, text: "" })).toMatchObject({
      code: "redirected",
      message: "OnSync answered GET /contacts/contact_1 with a redirect (300)",
    });
  });

  test("below 200 is an error, too", async () => {
    expect(await read(json(199, { id: "contact_1" }))).toMatchObject({ name: "ApiError", status: 199 });
  });

  test("403 of an extension is about the key, not about the extension", async () => {
    const { onsync } = scriptedOnSync([refused(403, "insufficient_scope")]);
    expect(await rejection(onsync.contacts.list())).toMatchObject({ name: "PermissionError", scope: "read:contacts" });
  });
});

test("an id that cannot be one is refused by the name that its caller gave it", async () => {
  const { onsync, requests } = scriptedOnSync([]);
  const message = "must not be empty";
  expect(await rejection(onsync.contacts.get(""))).toMatchObject({
    ...{ name: "ValidationError", message: `contactId: ${message}`, path: "/contacts/{id}", method: "GET" },
    details: [{ path: ["contactId"], code: "custom", message }],
  });
  expect(requests).toEqual([]);
});

test("input that is wrong in two places says both", async () => {
  const { onsync } = scriptedOnSync([]);
  expect(
    await rejection(onsync.contacts.save({ phone: "+971500000000", firstName: 1, tags: 2 } as never)),
  ).toMatchObject({ message: "firstName: must be a string, not a number; tags: must be an array, not a number" });
});

test("409 that OnSync did not give names no owner: least of all the contact that was to be changed", async () => {
  const { onsync } = scriptedOnSync([html(409)]);
  expect(await rejection(onsync.contacts.update("contact_1", { phone: "+971500000000" }))).toMatchObject({
    name: "DuplicateError",
    contactIds: [],
    advice: expect.stringContaining("the identifiers belong to the contacts that have them; update one"),
  });
});

describe("the advice", () => {
  test.each<[string, Step, string]>([
    ["405", html(405), "Check the base URL: this address does not take this kind of request."],
    ["408", html(408), "Try again: the request took too long to arrive."],
    ["413", html(413), "Make it smaller: a request may have 1 MiB."],
    ["another status", html(418), "Send what happened to support@onsync.com."],
    ["another status, with a request id", refused(418, "x"), "Send what happened and request id req_1 to support@"],
    ["a 500 without a request id", html(500), "if it goes on, write to support@onsync.com."],
    ["a 429 that does not say how long", html(429), "Wait a few minutes before"],
    ["a 429 of a second", html(429, { "retry-after": "1" }), "Wait 1 second before"],
    ["a 429 of a little more", html(429, { "retry-after": "1.001" }), "Wait 2 seconds before"],
    ["a 400 without details", refused(400, "x"), "Correct the input and call again: The server says x."],
    [
      "a success that is none",
      html(200),
      "Check that the base URL is OnSync's API; if it is, write to support@onsync.com.",
    ],
    ["a success that is none, with its id", json(200), "it is, write to support@onsync.com with request id req_1."],
  ])("of %s says what to do", async (_what, step, advice) => {
    expect(await read(step)).toMatchObject({ advice: expect.stringContaining(advice) });
  });

  test("of a key without a scope that nobody named says so", () => {
    const fields = { status: 403, code: "x", method: "GET", path: "/me", scope: null };
    expect(new PermissionError("No.", fields).advice).toContain("grant it the scope this needs, then");
  });

  test("given by who throws it comes before an error's own", () => {
    const fields = { status: 400, code: "x", method: "GET", path: "/me", advice: "Do this." };
    expect(new ValidationError("No.", fields).advice).toBe("Do this.");
    expect(new ConnectionError("No.", { sent: false, advice: "Do this." }).advice).toBe("Do this.");
  });
});
