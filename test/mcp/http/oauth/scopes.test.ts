/** What who signed in may do: the scopes of their token, and a way to more. */
import { describe, expect, test } from "@jest/globals";
import { findNeededScopes } from "../../../../mcp/http/oauth/scopes.ts";
import { tools } from "../../../../mcp/tools/index.ts";
import { post } from "../requests.ts";
import { openWorld } from "./world.ts";

function call(name: string, args: Record<string, unknown> = {}) {
  return { method: "tools/call", params: { name, arguments: args } };
}

const hello = { platform: "whatsapp", to: "+971500000000", content: "Hi" };

test("a call beyond the token's scopes is answered 403, naming those to ask for and those there are, and does nothing", async () => {
  await using world = await openWorld();
  const reading = await world.authorization.sign(world.claims({ scope: "read:messages openid" }));
  const refused = await world.ask(reading, "tools/call", call("send_message", hello).params);
  expect(refused.status).toBe(403);
  expect(refused.challenge).toContain('error="insufficient_scope"');
  expect(refused.challenge).toContain('scope="read:messages write:messages"');
  expect(refused.challenge).toContain("resource_metadata=");
  expect(world.lines).not.toContainEqual(["info", "tool call", expect.anything()]);
  const writing = await world.authorization.sign(world.claims({ scope: "read:messages write:messages" }));
  expect((await world.ask(writing, "tools/call", call("send_message", hello).params)).status).toBe(200);
});

test("a token without scopes may see what there is, and do nothing", async () => {
  await using world = await openWorld();
  const token = await world.authorization.sign(world.claims({ scope: undefined }));
  for (const method of ["tools/list", "prompts/list", "resources/list", "ping"])
    expect((await world.ask(token, method)).status).toBe(200);
  for (const [method, params] of [
    ["tools/call", call("find_contacts", { query: "a" }).params],
    ["resources/read", { uri: "onsync://contacts/contact_1" }],
    ["resources/read", { uri: "onsync://conversations/whatsapp%3A%2B971500000000/messages" }],
    ["prompts/get", { name: "triage_inbox" }],
    [
      "completion/complete",
      { ref: { type: "ref/resource", uri: "onsync://contacts/{id}" }, argument: { name: "id", value: "" } },
    ],
    ["events/poll", { name: "message.created" }],
    ["anything/new", {}],
  ] as const)
    expect((await world.ask(token, method, params)).status).toBe(403);
});

test("a batch needs what all of its messages need", async () => {
  await using world = await openWorld();
  const token = await world.authorization.sign(world.claims());
  const batch = [
    { jsonrpc: "2.0", id: 1, method: "tools/list" },
    { jsonrpc: "2.0", id: 2, ...call("send_message", hello) },
  ];
  const response = await world.http.fetch(post({ authorization: `Bearer ${token}` }, batch));
  expect(response.status).toBe(403);
});

test("where the authorization server knows no scopes, everybody has those that the operator grants, and no more", async () => {
  await using world = await openWorld({ grantedScopes: ["read:contacts", "read:messages"] });
  const token = await world.authorization.sign(world.claims({ scope: undefined }));
  expect((await world.ask(token, "tools/call", call("find_contacts", { query: "a" }).params)).status).toBe(200);
  expect((await world.ask(token, "tools/call", call("send_message", hello).params)).status).toBe(403);
});

test("a prefix of the authorization server's stands before scopes in what clients are told, and may stand in tokens", async () => {
  await using world = await openWorld({ scopePrefix: "api://onsync/" });
  expect((await world.ask(null)).challenge).toContain('scope="api://onsync/read:contacts api://onsync/read:messages"');
  for (const scope of ["read:contacts", "api://onsync/read:contacts"]) {
    const token = await world.authorization.sign(world.claims({ scope }));
    expect((await world.ask(token, "tools/call", call("find_contacts", { query: "a" }).params)).status).toBe(200);
  }
});

describe("the scopes that a message needs", () => {
  test("are those of OnSync's key for every tool", () => {
    for (const { operation } of tools.filter(({ definition }) => definition.name !== "wait_for_events")) {
      const { name, scope, alsoNeeds } = operation;
      expect(findNeededScopes(call(name))).toEqual([scope, alsoNeeds].filter((each) => each != null));
    }
  });

  test("are for events those of what they are about", () => {
    expect(findNeededScopes(call("wait_for_events"))).toEqual(["read:contacts", "read:messages"]);
    expect(findNeededScopes(call("wait_for_events", { types: ["contact.created"] }))).toEqual(["read:contacts"]);
    expect(findNeededScopes({ method: "events/poll", params: { name: "message.created" } })).toEqual(["read:messages"]);
  });

  test.each([
    [null],
    ["text"],
    [{}],
    [{ method: 1 }],
    [{ id: 1, result: {} }],
    [{ method: "notifications/initialized" }],
  ])("are none for %j", (message) => {
    expect(findNeededScopes(message)).toEqual([]);
  });
});
