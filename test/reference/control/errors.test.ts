/** What the control API answers to what it cannot do. */
import { describe, expect, test } from "@jest/globals";
import { controlRoutes } from "../../../reference/control/routes/index.ts";
import type { Body } from "../caller.ts";
import { controlled, keyless } from "./controlled.ts";

describe("errors are the API's own", () => {
  test.each<[string, string, Body, number, string, (string | number)[] | undefined]>([
    ["POST", "/orgs", {}, 400, "validation_failed", ["name"]],
    ["POST", "/orgs", { name: "A", rateLimit: 0 }, 400, "validation_failed", ["rateLimit"]],
    ["POST", "/keys", { scopes: ["admin"] }, 400, "validation_failed", ["scopes", 0]],
    ["POST", "/keys", { orgId: "org_none" }, 404, "not_found", undefined],
    ["DELETE", "/keys/key_none", undefined, 404, "not_found", undefined],
    ["DELETE", "/faults/fault_none", undefined, 404, "not_found", undefined],
    ["POST", "/inbound", { platform: "sms", from: "1", content: "x" }, 400, "validation_failed", ["platform"]],
    ["POST", "/inbound", { platform: "whatsapp", from: "sara", content: "x" }, 400, "validation_failed", ["from"]],
    ["POST", "/inbound", { platform: "telegram", from: "1", content: "" }, 400, "validation_failed", ["content"]],
    ["POST", "/messages/msg_none/status", { status: "sent" }, 404, "not_found", undefined],
    ["POST", "/messages/msg_none/status", { status: "seen" }, 400, "validation_failed", ["status"]],
    ["POST", "/conversations/whatsapp:none/resolve", undefined, 404, "not_found", undefined],
    ["POST", "/conversations/whatsapp:none/assign", {}, 400, "validation_failed", ["assignee"]],
    ["POST", "/webhooks/wh_none/pause", undefined, 404, "not_found", undefined],
    ["POST", "/deliveries/dlv_none/redeliver", undefined, 404, "not_found", undefined],
    ["GET", "/deliveries?limit=x", undefined, 400, "validation_failed", ["limit"]],
    ["GET", "/triggers?orgid=org_1", undefined, 400, "validation_failed", ["orgid"]],
    ["GET", "/trigger-runs?limit=1001", undefined, 400, "validation_failed", ["limit"]],
    ["GET", "/summaries?orgId=org_none", undefined, 404, "not_found", undefined],
    ["POST", "/clock", { advanceMs: "1h" }, 400, "validation_failed", ["advanceMs"]],
    ["POST", "/templates", { language: "en" }, 400, "validation_failed", ["name"]],
    ["GET", "/nothing", undefined, 404, "unknown_endpoint", undefined],
    ["GET", "/orgs", undefined, 405, "method_not_allowed", undefined],
  ])("%s %s %j is refused with the API's own error", async (method, path, body, status, code, field) => {
    await using api = controlled();
    const answer = await api.call(method, `/_control${path}`, body, keyless);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: { code }, requestId: answer.headers.get("x-request-id") });
    if (field) expect(answer.body.error.details[0].path).toEqual(field);
  });

  test("a body is refused on every route that reads none", async () => {
    await using api = controlled();
    const event = { id: "evt_1", type: "contact.created", createdAt: "2024-12-01T11:00:00Z", data: {} };
    const kept = api.reference.orgId;
    for (const { method, path, takesBody } of controlRoutes.filter((route) => route.method !== "GET")) {
      const answer = await api.call(method, `/_control${path.replace("{id}", "wh_1")}`, event);
      expect([path, takesBody, answer.status, answer.body.error.code]).toEqual([
        path,
        takesBody,
        400,
        "validation_failed",
      ]);
    }
    expect(api.reference.orgId).toBe(kept);
  });

  test("a body that is not JSON is refused", async () => {
    await using api = controlled();
    const { status } = await api.call("POST", "/_control/inbound", undefined, {
      raw: "x",
      headers: { "Content-Type": "text/plain" },
    });
    expect(status).toBe(415);
  });
});
