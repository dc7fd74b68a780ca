/** What a client learns before it signs in, and what an operator may configure. */
import { describe, expect, test } from "@jest/globals";
import { listMetadataUrls } from "../../../../mcp/http/oauth/issuer-keys.ts";
import { readOAuthOptions } from "../../../../mcp/http/oauth/options.ts";
import { createMcpHttp } from "../../../../mcp/index.ts";
import { scripted } from "../../session.ts";

const issuer = "https://login.example.com/";
const audience = "https://mcp.example.com/mcp";

function serve(oauth = {}, options = {}) {
  return createMcpHttp({ onsync: scripted({}), oauth: { issuer, audience, ...oauth }, ...options });
}

test.each(["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"])(
  "%s is the metadata of the resource, for anybody, pages of any origin too",
  async (path) => {
    const headers = { host: "mcp.example.com", origin: "https://inspector.example" };
    const response = await serve().fetch(new Request(`http://mcp.example.com${path}`, { headers }));
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toEqual({
      resource: audience,
      authorization_servers: [issuer],
      scopes_supported: ["read:contacts", "write:contacts", "read:messages", "write:messages"],
      bearer_methods_supported: ["header"],
      resource_name: "OnSync",
    });
  },
);

test("the scopes named are those of the tools that are offered", async () => {
  const http = serve({}, { safety: { readOnly: true, toolsets: ["contacts"] } });
  const response = await http.fetch(new Request("http://127.0.0.1/.well-known/oauth-protected-resource"));
  expect(await response.json()).toMatchObject({ scopes_supported: ["read:contacts"] });
});

test("the resource is named as the operator wrote it, without a slash that a URL would have", async () => {
  const http = serve({ audience: "https://mcp.example.com" });
  const response = await http.fetch(new Request("http://127.0.0.1/.well-known/oauth-protected-resource"));
  expect(await response.json()).toMatchObject({ resource: "https://mcp.example.com" });
});

test("without oauth there is no metadata", async () => {
  const http = createMcpHttp({ onsync: scripted({}) });
  expect((await http.fetch(new Request("http://127.0.0.1/.well-known/oauth-protected-resource"))).status).toBe(404);
});

test("with oauth any address may be listened on, and the name that a proxy has for it is taken", async () => {
  const server = await serve().listen(0, "0.0.0.0");
  const response = await fetch(`http://127.0.0.1:${server.port}/mcp`, {
    method: "POST",
    headers: { host: "mcp.example.com" },
  });
  expect(response.status).toBe(401);
  await server.close();
});

describe("the metadata of an authorization server is looked for where RFC 8414 and OpenID Connect have it", () => {
  test.each([
    [
      "https://login.example.com/",
      [
        "https://login.example.com/.well-known/oauth-authorization-server",
        "https://login.example.com/.well-known/openid-configuration",
      ],
    ],
    [
      "https://login.example.com/realms/acme",
      [
        "https://login.example.com/.well-known/oauth-authorization-server/realms/acme",
        "https://login.example.com/.well-known/openid-configuration/realms/acme",
        "https://login.example.com/realms/acme/.well-known/openid-configuration",
      ],
    ],
  ])("%s", (from, urls) => {
    expect(listMetadataUrls(from)).toEqual(urls);
  });
});

test.each([
  ["an issuer that anybody on the way can change", { issuer: "http://login.example.com" }, "issuer"],
  ["an issuer that is no address", { issuer: "login" }, "issuer"],
  ["no audience", { audience: [] }, "audience"],
  ["an audience that clients cannot be told", { audience: "api://onsync" }, "as clients know it"],
])("%s is refused when the server is made", (_what, wrong, named) => {
  expect(() => readOAuthOptions({ issuer, audience, ...wrong })).toThrow(named);
});

test("of several audiences the first that is an address is this server's", () => {
  const { resource, audiences } = readOAuthOptions({ issuer, audience: ["api://onsync", audience] });
  expect(resource).toBe(audience);
  expect(audiences).toEqual(["api://onsync", audience]);
});

test("keys by sign-in need a client for them, and without such there must be the server's own", () => {
  const oauth = { issuer, audience };
  expect(() => createMcpHttp({ onsync: scripted({}), oauth: { ...oauth, findKey: () => "key" } })).toThrow(
    "onsyncForKey",
  );
  expect(() => createMcpHttp({ onsyncForKey: () => scripted({}), oauth })).toThrow("findKey");
});
