import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import * as client from "../../../src/client/index.ts";
import { isApiError, isErrorNamed, isOnSyncError, SignatureError } from "../../../src/client/index.ts";
import { networkError, refused, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

/** What a read of a contact ends in, in one attempt. */
function read(step: Step) {
  return rejection(scriptedOnSync([step], { maxAttempts: 1 }).onsync.contacts.get("contact_1"));
}

describe("isOnSyncError, isApiError and isErrorNamed", () => {
  test("tell an error by its name and by its family", async () => {
    const error = await read(refused(429, "rate_limited"));
    expect(isOnSyncError(error) && isApiError(error) && isErrorNamed(error, "RateLimitError")).toBe(true);
    expect(isErrorNamed(error, "ApiError")).toBe(false);
    const refusedConnection = await read(networkError("ECONNREFUSED", "connect"));
    expect(isOnSyncError(refusedConnection)).toBe(true);
    expect(isApiError(refusedConnection)).toBe(false);
    expect(isErrorNamed(new SignatureError("no"), "SignatureError")).toBe(true);
  });

  test("tell an error of another bundle, which is no instance of these classes", () => {
    const foreign = Object.assign(new Error("x"), { name: "RateLimitError", advice: "Wait.", retryable: true });
    expect(isErrorNamed(foreign, "RateLimitError")).toBe(true);
    expect(isApiError(foreign)).toBe(true);
  });

  test.each([
    ["a DOMException with one of the names", new DOMException("late", "TimeoutError")],
    ["a name of Object's", Object.assign(new Error(), { name: "toString", advice: "", retryable: true })],
    ["another error", new TypeError("x")],
    ["nothing", null],
    ["a text", "RateLimitError"],
  ])("do not take %s for one", (_what, error) => {
    expect(isOnSyncError(error)).toBe(false);
  });

  test("every exported error class has its own name, which isErrorNamed recognises", () => {
    const classes = Object.entries(client).filter(([name]) => /^[A-Z]\w+Error$/.test(name));
    expect(classes).toHaveLength(16);
    for (const [name, Class] of classes) {
      const fields = { status: 400, code: "x", method: "GET", path: "/", sent: false, contactIds: [], extension: "x" };
      const make = Class as unknown as new (message: string, fields: object) => client.OnSyncError;
      const error = new make("message", fields);
      expect(error).toMatchObject({ name, message: "message" });
      expect(isErrorNamed(error, name as client.OnSyncErrorName)).toBe(true);
      expect(error.advice).toMatch(/\w/);
    }
  });
});
test("an error as JSON has its message and fields, and neither stack nor cause", async () => {
  const error = await read(networkError("ECONNRESET"));
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: "ConnectionError",
    message: expect.any(String),
    retryable: true,
    advice: expect.any(String),
    sent: "unknown",
  });
  expect(inspect(error)).toContain("ECONNRESET");
});
