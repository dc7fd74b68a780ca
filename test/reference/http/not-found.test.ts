/** 404 and 405: unknown paths, unknown ids, wrong methods. */
import { describe, expect, test } from "@jest/globals";
import { still } from "../caller.ts";
import { expectError } from "../expect-error.ts";

describe("404", () => {
  test.each([
    ["GET", "/v1/contacts/contact_01JGDNWSW9", undefined],
    ["PATCH", "/v1/contacts/contact_01JGDNWSW9", { tags: [] }],
    ["GET", "/v1/conversations/whatsapp:+971500000000/messages", undefined],
    ["GET", "/v1/conversations/nonsense/messages", undefined],
    ["DELETE", "/v1/webhooks/wh_01JGDQ3V7K", undefined],
  ])("not_found: %s %s", async (method, path, body) => {
    await using api = still();
    expectError(await api.call(method, path, body), "not_found");
  });

  test.each([
    ["GET", "/v1/orders"],
    ["GET", "/v1/contacts/"],
    ["GET", "/v1/contacts/a/b"],
    ["GET", "/v1/Contacts"],
    ["GET", "/v1"],
    ["POST", "/v2/contacts"],
    ["GET", "/"],
    ["GET", "/v1/conversations//messages"],
    ["GET", "/v1/contacts/../../_control/clock"],
  ])("unknown_endpoint: %s %s, with a key and without", async (method, path) => {
    await using api = still();
    expectError(await api.call(method, path), "unknown_endpoint");
    expectError(await api.call(method, path, undefined, { key: null }), "unknown_endpoint");
    expectError(await api.call(method, path, undefined, { key: "onsync_pk_live_unknown" }), "unknown_endpoint");
  });

  test("an id of another org is not found", async () => {
    await using api = still();
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    const { body: webhook } = await api.call("POST", "/v1/webhooks", {
      url: "https://example.com",
      events: ["message.created"],
    });
    await api.inbound();
    const { id: orgId } = await api.reference.control.createOrg({ name: "Other" });
    const { key } = await api.reference.control.createKey({ orgId });
    for (const [method, path] of [
      ["GET", `/v1/contacts/${contact.id}`],
      ["DELETE", `/v1/webhooks/${webhook.id}`],
      ["GET", "/v1/conversations/whatsapp:+971500000000/messages"],
    ] as const) {
      expectError(await api.call(method, path, undefined, { key }), "not_found");
    }
    expect((await api.call("GET", "/v1/contacts?phone=%2B971500000000", undefined, { key })).body.data).toEqual([]);
    expect((await api.call("GET", "/v1/conversations", undefined, { key })).body.data).toEqual([]);
    expect((await api.call("GET", "/v1/webhooks", undefined, { key })).body.data).toEqual([]);
    // The same phone is another contact there.
    const { status, body } = await api.call("POST", "/v1/contacts", { phone: "+971500000000" }, { key });
    expect(status).toBe(201);
    expect(body.orgId).toBe(orgId);
    expect(body.id).not.toBe(contact.id);
  });
});

describe("405 method_not_allowed", () => {
  test.each([
    ["PUT", "/v1/contacts", "POST, GET"],
    ["DELETE", "/v1/contacts/contact_1", "GET, PATCH"],
    ["GET", "/v1/messaging/send", "POST"],
    ["POST", "/v1/conversations/whatsapp:+1/messages", "GET"],
    ["HEAD", "/v1/webhooks", "POST, GET"],
    ["OPTIONS", "/v1/webhooks/wh_1", "DELETE"],
  ])("%s %s", async (method, path, allow) => {
    await using api = still();
    for (const key of [undefined, null]) {
      const answer = await api.call(method, path, undefined, { ...(key === null ? { key } : {}) });
      expect(answer.status).toBe(405);
      expect(answer.headers.get("allow")).toBe(allow);
      if (method === "HEAD") expect(answer.text).toBe("");
      else expectError(answer, "method_not_allowed");
    }
  });
});
