/** Lists that come in pages with a cursor. */
import { describe, expect, test } from "@jest/globals";
import { conversationId } from "../../../testing/message-store.ts";
import { json, refused, rejection, scriptedOnSync } from "../../../testing/scripted.ts";

test("every list has list, and those that come in pages have iterate, as docs/client.md says", () => {
  const { onsync } = scriptedOnSync([]);
  const withMethod = (method: string) =>
    Object.entries(onsync)
      .filter(([, resource]) => typeof resource === "object" && resource !== null && method in resource)
      .map(([name]) => name)
      .sort();
  expect(withMethod("list")).toEqual(["contacts", "conversations", "messages", "templates", "webhooks"]);
  expect(withMethod("iterate")).toEqual(["contacts", "conversations", "messages"]);
});
describe("lists with cursors", () => {
  const contact = (id: string) => ({
    id,
    tags: [],
    properties: {},
    orgId: "org_1",
    createdAt: "2024-12-01T10:00:00.000Z",
  });

  test("contacts: all pages, with the same filters", async () => {
    const { onsync, lines } = scriptedOnSync([
      json(200, { data: [contact("contact_1"), contact("contact_2")], nextCursor: "two" }),
      json(200, { data: [], nextCursor: "three" }),
      json(200, { data: [contact("contact_3")], nextCursor: null }),
    ]);
    const ids: string[] = [];
    for await (const { id } of onsync.contacts.iterate({ query: "sara", limit: 2 })) ids.push(id);
    expect(ids).toEqual(["contact_1", "contact_2", "contact_3"]);
    expect(lines()).toEqual([
      "GET /v1/contacts?query=sara&limit=2",
      "GET /v1/contacts?query=sara&limit=2&cursor=two",
      "GET /v1/contacts?query=sara&limit=2&cursor=three",
    ]);
  });

  test("conversations: a server that leaves nextCursor out is at its end", async () => {
    const { onsync, lines } = scriptedOnSync([json(200, { data: [{ id: conversationId }] })]);
    const ids: string[] = [];
    for await (const { id } of onsync.conversations.iterate({ platform: "whatsapp" })) ids.push(id);
    expect(ids).toEqual([conversationId]);
    expect(lines()).toEqual(["GET /v1/conversations?platform=whatsapp&limit=100"]);
  });

  test("a list that refuses pages of a hundred is asked for fifty, and from then on", async () => {
    const error = { code: "validation_failed", message: "limit: at most 50", details: [] };
    const { onsync, lines } = scriptedOnSync([
      json(400, { error }),
      json(200, { data: [contact("contact_1")], nextCursor: "two" }),
      json(200, { data: [contact("contact_2")], nextCursor: null }),
    ]);
    const ids: string[] = [];
    for await (const { id } of onsync.contacts.iterate()) ids.push(id);
    expect(ids).toEqual(["contact_1", "contact_2"]);
    expect(lines()).toEqual([
      "GET /v1/contacts?limit=100",
      "GET /v1/contacts?limit=50",
      "GET /v1/contacts?limit=50&cursor=two",
    ]);
  });

  test("a list that refuses pages of a hundred as a 422 is asked for fifty, too", async () => {
    const { onsync, lines } = scriptedOnSync([refused(422, "x"), json(200, { data: [], nextCursor: null })]);
    await onsync.contacts.iterate().next();
    expect(lines()).toEqual(["GET /v1/contacts?limit=100", "GET /v1/contacts?limit=50"]);
  });

  test.each([
    ["a page of fifty is refused", 50, 400],
    ["it is refused for another reason", 100, 403],
  ])("a list is asked once where %s", async (_what, limit, status) => {
    const { onsync, requests } = scriptedOnSync([refused(status, "x")]);
    expect(await rejection(onsync.contacts.iterate({ limit }).next())).toMatchObject({ status });
    expect(requests).toHaveLength(1);
  });

  test("a list that refuses pages of fifty, too, is asked for a hundred the next time", async () => {
    const { onsync, lines } = scriptedOnSync([refused(400, "x"), refused(400, "x"), json(200, { data: [] })]);
    expect(await rejection(onsync.contacts.iterate().next())).toMatchObject({ status: 400 });
    await onsync.contacts.iterate().next();
    expect(lines().map((line) => line.split("=")[1])).toEqual(["100", "50", "100"]);
  });

  test("a cursor that does not move on is an error, not a loop", async () => {
    const { onsync } = scriptedOnSync(Array.from({ length: 4 }, () => json(200, { data: [], nextCursor: "same" })));
    const error = { code: "unusable_answer", status: 200, method: "GET", requestId: "req_1" };
    const message = "OnSync's list cannot be read to its end: its cursor does not move on";
    for (const path of ["/contacts", "/conversations"] as const) {
      const walk = onsync[path === "/contacts" ? "contacts" : "conversations"].iterate();
      expect(await rejection(walk.next())).toMatchObject({ ...error, message, path });
    }
  });
});
