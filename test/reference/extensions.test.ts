/** What is not in the API's documentation (docs/contract.md, "Extensions"), with it and without. */
import { describe, expect, test } from "@jest/globals";
import { type Endpoint, endpoints } from "../../src/api/index.ts";
import { hour, start, still } from "./caller.ts";

const table = Object.entries(endpoints as Record<string, Endpoint>);

function fillPath({ path }: Endpoint): string {
  return `/v1${path.replaceAll(/\{\w+\}/g, "x")}`;
}

test("the extensions are these four", () => {
  expect(table.filter(([, endpoint]) => endpoint.extension).map(([name]) => name)).toEqual([
    "listContacts",
    "listConversations",
    "getAccount",
    "listTemplates",
  ]);
});

describe("without extensions", () => {
  test.each(table)("%s", async (_name, endpoint) => {
    await using api = still({ extensions: false });
    const answer = await api.call(endpoint.method, fillPath(endpoint), endpoint.body ? {} : undefined);
    if (endpoint.extension) {
      expect(answer.status).toBe(404);
      expect(answer.body.error.code).toBe("unknown_endpoint");
    } else expect(answer.body.error?.code).not.toBe("unknown_endpoint");
  });

  test("a path's other methods stay, and Allow names those alone", async () => {
    await using api = still({ extensions: false });
    const answer = await api.call("PUT", "/v1/contacts");
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST");
    expect((await api.call("DELETE", "/v1/me")).status).toBe(404);
  });

  test("the OpenAPI document says so too", async () => {
    await using api = still({ extensions: false });
    const { body } = await api.call("GET", "/v1/openapi.json", undefined, { key: null });
    expect(Object.keys(body.paths["/contacts"])).toEqual(["post"]);
    expect(body.paths).not.toHaveProperty("/me");
  });
});

describe("GET /me", () => {
  test("org, key prefix, scopes, rate limit; any key may ask", async () => {
    await using api = still({ keys: ["onsync_pk_live_8fQ2Zt71LmN0pQ"], scopes: ["write:contacts"] });
    const { status, body } = await api.call("GET", "/v1/me");
    expect(status).toBe(200);
    expect(body).toEqual({
      org: { id: api.reference.orgId, name: "default" },
      keyPrefix: "onsync_pk_live_8fQ2",
      scopes: ["write:contacts"],
      rateLimit: { limit: 1000, remaining: 999, resetAt: new Date(start + hour / 1000).toISOString() },
      requestId: expect.stringMatching(/^req_/),
      timestamp: new Date(start).toISOString(),
    });
  });

  test.each(["short", "onsync_pk_live_x", "a-key-of-another-kind"])("shows no whole key: %s", async (key) => {
    await using api = still({ keys: [key] });
    const { keyPrefix } = (await api.call("GET", "/v1/me")).body;
    expect(key.startsWith(keyPrefix)).toBe(true);
    expect(keyPrefix.length).toBeLessThan(key.length);
  });
});
