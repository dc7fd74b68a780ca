import { describe, expect, test } from "@jest/globals";
import { type Scope, samples, scopes } from "../../../src/api/index.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { html, json, networkError, refused, scriptedOnSync } from "../../../testing/scripted.ts";
import { examineReference, findChecks, listChecks, toStatuses } from "./examined.ts";

describe("the examination of an API", () => {
  test("finds everything in order where it is", async () => {
    const checks = await examineReference({});
    expect(toStatuses(checks)).toEqual({
      API: "ok",
      key: "ok",
      clock: "ok",
      scopes: "ok",
      extensions: "ok",
      webhooks: "ok",
      "rate limit": "ok",
    });
  });

  test("works without the extensions, and says what is missing without each of them", async () => {
    const checks = await examineReference({ extensions: false });
    expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
    expect(findChecks(checks, "extensions").map(({ status, found }) => [status, found])).toEqual([
      ["warning", "GET /me is not served"],
      ["warning", "GET /contacts is not served"],
      ["warning", "GET /conversations is not served"],
      ["warning", "GET /templates is not served"],
    ]);
    for (const { advice } of findChecks(checks, "extensions")) expect(advice).toMatch(/\S/);
    expect(findChecks(checks, "scopes")).toEqual([
      {
        name: "scopes",
        status: "ok",
        found: "read:contacts, read:messages, read:webhooks; write scopes cannot be checked without writing",
      },
    ]);
  });

  test.each(["with", "without"])("names the scopes the key lacks, %s extensions", async (extensions) => {
    const granted: Scope[] = ["read:contacts", "write:contacts", "read:webhooks"];
    const checks = await examineReference({ scopes: granted, extensions: extensions === "with" });
    const [check] = findChecks(checks, "scopes");
    expect(check).toMatchObject({ status: "warning", found: expect.stringContaining("without read:messages") });
    expect(check?.advice).toMatch(/Settings → API & Webhooks.*read:messages \(.*list_messages/);
    expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
  });

  test("a key that may read nothing is accepted all the same, and its webhooks cannot be checked", async () => {
    const checks = await examineReference({ scopes: ["write:messages"], extensions: false });
    expect(findChecks(checks, "key")).toMatchObject([{ status: "ok" }]);
    expect(findChecks(checks, "webhooks")).toMatchObject([
      { status: "warning", advice: expect.stringContaining("read:webhooks") },
    ]);
  });

  test("stops at a key that is refused", async () => {
    await using pair = await onsyncPair({}, { apiKey: "onsync_pk_test_unknown" });
    const checks = await listChecks(pair.onsync);
    expect(checks.map(({ name, status }) => [name, status])).toEqual([
      ["API", "ok"],
      ["key", "failed"],
      ["clock", "ok"],
    ]);
    expect(checks[1]?.advice).toContain("Settings → API & Webhooks");
  });

  test("stops where the API cannot be reached, and names the address", async () => {
    const refusedConnection = networkError("ECONNREFUSED", "connect");
    const { onsync: client } = scriptedOnSync([refusedConnection], { maxAttempts: 1 });
    const checks = await listChecks(client, null);
    expect(checks).toMatchObject([
      { name: "API", status: "failed", found: expect.stringContaining("https://api.example.com/v1") },
    ]);
    expect(checks[0]?.advice).toContain("base URL");
  });

  test("stops where the rate limit is used up, and says how long to wait", async () => {
    const spent = refused(429, "rate_limited", undefined, { "retry-after": "120" });
    const { onsync: client } = scriptedOnSync([spent], { maxAttempts: 1 });
    const checks = await listChecks(client);
    expect(toStatuses(checks)).toEqual({ API: "ok", "rate limit": "failed", clock: "ok" });
    expect(findChecks(checks, "rate limit")[0]?.advice).toContain("120 seconds");
  });

  test("a check that fails by itself does not end the others", async () => {
    const account = json(200, samples.account);
    const { onsync: client } = scriptedOnSync(
      [
        account,
        html(502),
        json(200, { data: [], nextCursor: null }),
        json(200, { data: [], nextCursor: null }),
        json(200, { data: [] }),
      ],
      { maxAttempts: 1 },
    );
    const checks = await listChecks(client);
    expect(toStatuses(checks)).toEqual({
      API: "ok",
      key: "ok",
      clock: "ok",
      scopes: "ok",
      extensions: "ok",
      webhooks: "failed",
      "rate limit": "ok",
    });
    expect(findChecks(checks, "scopes")[0]?.found).toContain(scopes.join(", "));
  });

  test("changes nothing", async () => {
    await using pair = await onsyncPair({ seed: "demo", extensions: false });
    const before = JSON.stringify((await pair.onsync.webhooks.list()).data);
    const history = async () => (await pair.onsync.messages.list("whatsapp:+971500000000")).data;
    const messages = await history();
    await listChecks(pair.onsync);
    expect(JSON.stringify((await pair.onsync.webhooks.list()).data)).toBe(before);
    expect(await history()).toEqual(messages);
  });
});
