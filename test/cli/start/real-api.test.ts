import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { signPayload } from "../../../src/webhooks/index.ts";
import { callTool, cleanUps, start } from "./started.ts";

describe("onsync start with a key", () => {
  const realOne = async () => {
    const reference = await createReference();
    cleanUps.push(() => reference.close());
    return { reference, url: (await reference.listen()).url };
  };

  test("talks to the API it is given, and has no /v1 of its own", async () => {
    const { reference, url } = await realOne();
    const started = await start({}, { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url });
    expect(started.site.api).toEqual({ embedded: false, url });
    const { structuredContent } = await callTool(started, "get_account", {});
    expect(JSON.stringify(structuredContent)).toContain(reference.orgId);
    expect((await started.get("/v1/me")).status).toBe(404);
    expect((await started.get("/_control/clock")).status).toBe(404);
    expect(await (await started.get("/")).text()).not.toContain(reference.key);
    expect((await started.post("/hooks", {})).status).toBe(404);
  });

  test("receives deliveries with ONSYNC_WEBHOOK_SECRETS", async () => {
    const { reference, url } = await realOne();
    const env = { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url, ONSYNC_WEBHOOK_SECRETS: "new,old" };
    const { origin } = await start({}, env);
    const body = JSON.stringify({ id: "evt_1", type: "contact.created", createdAt: "2024-12-01T10:00:00Z", data: {} });
    const deliver = (secret: string) =>
      fetch(`${origin}/hooks`, {
        method: "POST",
        body,
        headers: { "Content-Type": "application/json", "X-OnSync-Signature": signPayload(body, secret) },
      });
    expect((await deliver("old")).status).toBe(200);
    expect((await deliver("older")).status).toBe(401);
  });

  test("with ONSYNC_MCP_TOKEN, /mcp asks for it", async () => {
    const { reference, url } = await realOne();
    const env = { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url, ONSYNC_MCP_TOKEN: "t0ken" };
    const { post } = await start({}, env);
    const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const accept = "application/json, text/event-stream";
    expect((await post("/mcp", list, { accept })).status).toBe(401);
    expect((await post("/mcp", list, { accept, authorization: "Bearer t0ken" })).status).toBe(200);
  });
});
