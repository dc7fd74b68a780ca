import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { createOnSync, type OnSyncOptions } from "../../src/client/index.ts";
import { apiKey, json, rejection, scripted, scriptedOnSync } from "../../testing/scripted.ts";

function create(options: Partial<OnSyncOptions>) {
  return createOnSync({ apiKey, transport: scripted(), ...options });
}

describe("createOnSync", () => {
  test.each([
    [undefined, "https://api.onsync.com/v1"],
    ["https://staging.onsync.com/v1/", "https://staging.onsync.com/v1"],
    ["https://proxy.example.com:8443/onsync/v1//", "https://proxy.example.com:8443/onsync/v1"],
    ["http://localhost:4010/v1", "http://localhost:4010/v1"],
    ["http://127.0.0.1:4010/v1", "http://127.0.0.1:4010/v1"],
    ["http://127.8.9.1/v1", "http://127.8.9.1/v1"],
    ["http://[::1]:4010/v1", "http://[::1]:4010/v1"],
  ])("takes the base URL %s", (baseUrl, expected) => {
    expect(create({ baseUrl }).baseUrl).toBe(expected);
  });

  test.each([
    ["api.onsync.com/v1", "baseUrl must be a URL"],
    ["", "baseUrl must be a URL"],
    ["http://api.onsync.com/v1", "baseUrl must be an https:// address"],
    ["http://127.0.0.1.example.com/v1", "baseUrl must be an https:// address"],
    ["http://localhost.example.com/v1", "baseUrl must be an https:// address"],
    ["http://0.0.0.0/v1", "baseUrl must be an https:// address"],
    ["ftp://api.onsync.com/v1", "baseUrl must be an https:// address"],
    ["ftp://localhost/v1", "baseUrl must be an https:// address"],
    ["https://user:secret@api.onsync.com/v1", "baseUrl must carry no credentials"],
    ["https://user@api.onsync.com/v1", "baseUrl must carry no credentials"],
    ["https://:secret@api.onsync.com/v1", "baseUrl must carry no credentials"],
    ["https://api.onsync.com/v1?key=1", "baseUrl must carry no credentials"],
    ["https://api.onsync.com/v1#x", "baseUrl must carry no credentials"],
  ])("refuses the base URL %s", (baseUrl, message) => {
    expect(() => create({ baseUrl })).toThrow(message);
  });

  test.each([
    ["an empty key", { apiKey: " \n" }, "apiKey must not be empty"],
    ["no key", { apiKey: undefined as unknown as string }, "apiKey must not be empty"],
    ["a key HTTP cannot carry", { apiKey: "onsync\r\nx: y" }, "apiKey has characters that no key has"],
    ["a key with letters that HTTP cannot carry", { apiKey: "onsync_clé" }, "apiKey has characters that no key has"],
    ["no attempts", { maxAttempts: 0 }, "maxAttempts must be a whole number from 1"],
    ["half an attempt more", { maxAttempts: 1.5 }, "maxAttempts must be a whole number from 1"],
    ["no time", { deadlineMs: 0 }, "deadlineMs must be a positive number"],
    ["no number", { deadlineMs: Number.NaN }, "deadlineMs must be a positive number"],
    ["a time that is a text", { deadlineMs: "30" as unknown as number }, "deadlineMs must be a positive number"],
    ["a wait below 0", { maxRetryAfterMs: -1 }, "maxRetryAfterMs must be a number of milliseconds from 0"],
    ["a wait that is a text", { maxRetryAfterMs: "9" as unknown as number }, "maxRetryAfterMs must be a number"],
    ["no history", { historyDepth: 0 }, "historyDepth must be a whole number of messages from 1"],
    ["half a message more", { historyDepth: 1.5 }, "historyDepth must be a whole number of messages from 1"],
    ["a blank scope", { ledgerScope: " " }, "ledgerScope must be a text that is not blank"],
    ["a scope that is no text", { ledgerScope: 7 as unknown as string }, "ledgerScope must be a text that is not"],
    ["an empty user agent", { userAgent: "" }, "userAgent must be"],
    ["no transport", { transport: {} as OnSyncOptions["transport"] }, "transport must be a function"],
    ["a user agent HTTP cannot carry", { userAgent: "me\r\nx: y" }, "userAgent must be"],
  ])("refuses %s", async (_what, options, message) => {
    const error = await rejection((async () => create(options))());
    expect(error).toMatchObject({ name: "ValidationError", message: expect.stringContaining(message) });
    expect(String(error)).not.toContain("onsync\r\n");
  });

  test("takes the least of each option", () => {
    const least = { maxAttempts: 1, deadlineMs: 0.5, maxRetryAfterMs: 0, historyDepth: 1, maxAnswerBytes: 1 };
    expect(create({ ...least, ledgerScope: "x", userAgent: "~" })).toMatchObject({ ledgerScope: "x" });
  });

  test("asks for a transport where the platform has no fetch", () => {
    const { fetch } = globalThis;
    Object.assign(globalThis, { fetch: undefined });
    try {
      expect(() => createOnSync({ apiKey })).toThrow("transport must be a function");
    } finally {
      Object.assign(globalThis, { fetch });
    }
  });

  test("sends a key of any shape, without the white space around it", async () => {
    const { onsync, requests } = scriptedOnSync([json(200, { data: [] })], { apiKey: " some-other-key\n" });
    await onsync.webhooks.list();
    expect(requests[0]?.headers).toEqual({
      authorization: "Bearer some-other-key",
      accept: "application/json",
      "user-agent": "onsync-automation",
    });
  });

  test("keeps the key out of what can be printed of a client", () => {
    const onsync = create({});
    expect(inspect(onsync, { depth: 10, showHidden: true, getters: true })).not.toContain(apiKey);
    expect(JSON.stringify(onsync)).not.toContain(apiKey);
  });

  test("refuses a deadline of a call that is no positive number, before any request", async () => {
    const { onsync, requests } = scriptedOnSync([]);
    expect(await rejection(onsync.contacts.get("contact_1", { deadlineMs: -1 }))).toMatchObject({
      name: "ValidationError",
      details: [{ path: ["deadlineMs"] }],
    });
    expect(requests).toHaveLength(0);
  });
});
