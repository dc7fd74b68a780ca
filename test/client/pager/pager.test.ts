import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Message } from "../../../src/client/index.ts";
import { conversationId, MessageStore } from "../../../testing/message-store.ts";
import { json, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

const noon = Date.parse("2024-12-01T12:00:00.000Z");

/** A server on a store. `beforeAnswer` may change the store between two pages. */
function serve(store: MessageStore, beforeAnswer: (request: number) => void = () => {}, requests = { count: 0 }): Step {
  return ({ url }) => {
    const { searchParams } = new URL(url);
    requests.count += 1;
    beforeAnswer(requests.count);
    return json(200, store.page(Number(searchParams.get("limit")), searchParams.get("before")));
  };
}

async function walk(step: Step, query?: { pageSize?: number; before?: string }, most = 500) {
  const { onsync, lines } = scriptedOnSync(Array.from({ length: most }, () => step));
  const seen: Message[] = [];
  for await (const message of onsync.messages.iterate(conversationId, query)) seen.push(message);
  return { seen, ids: seen.map((message) => message?.id), lines: lines() };
}

describe("messages.iterate", () => {
  test("asks from a millisecond after the last message, and yields each message once", async () => {
    const store = new MessageStore();
    for (let index = 0; index < 5; index++) store.add(noon + index);
    const { ids, lines } = await walk(serve(store), { pageSize: 2 });
    expect(ids).toEqual(store.messages.map(({ id }) => id).reverse());
    expect(lines.map((line) => new URL(line.slice(4), "https://x").search)).toEqual([
      "?limit=2",
      "?limit=2&before=2024-12-01T12%3A00%3A00.004Z",
      "?limit=2&before=2024-12-01T12%3A00%3A00.003Z",
      "?limit=2&before=2024-12-01T12%3A00%3A00.002Z",
    ]);
  });

  test.each([
    ["a few that share an instant", 5, 2, 5],
    ["a hundred that share an instant", 100, 1, 100],
    ["more than the API can name: the first hundred", 130, 7, 100],
  ])("%s", async (_what, ties, pageSize, expected) => {
    const store = new MessageStore();
    const older = store.add(noon - 1);
    for (let index = 0; index < ties; index++) store.add(noon);
    const newer = store.add(noon + 1);
    const { ids } = await walk(serve(store), { pageSize });
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(expected + 2);
    expect([ids[0], ids.at(-1)]).toEqual([newer.id, older.id]);
  });

  test("starts before an instant", async () => {
    const store = new MessageStore();
    const messages = [0, 1, 2, 3].map((index) => store.add(noon + index));
    const { ids } = await walk(serve(store), { before: "2024-12-01T16:00:00.002+04:00" });
    expect(ids).toEqual([messages[1]?.id, messages[0]?.id]);
  });

  test("an empty conversation has no messages", async () => {
    expect((await walk(json(200, { data: [], nextBefore: null }))).ids).toEqual([]);
  });

  test("stops asking when its reader stops", async () => {
    const store = new MessageStore();
    for (let index = 0; index < 9; index++) store.add(noon + index);
    const { onsync, requests } = scriptedOnSync([serve(store), serve(store)]);
    for await (const _message of onsync.messages.iterate(conversationId, { pageSize: 3 })) break;
    expect(requests).toHaveLength(1);
  });

  test("a page size out of bounds is refused before a request", async () => {
    const { onsync, requests } = scriptedOnSync([]);
    expect(await rejection(onsync.messages.iterate(conversationId, { pageSize: 101 }).next())).toMatchObject({
      name: "ValidationError",
      message: "limit: must be at most 100",
    });
    expect(requests).toHaveLength(0);
  });

  test("an error of a page is the walk's", async () => {
    const { onsync } = scriptedOnSync([
      json(200, { data: [] }),
      json(404, { error: { code: "not_found", message: "No." } }),
    ]);
    const walking = onsync.messages.iterate("whatsapp:+1");
    expect(await walking.next()).toEqual({ done: true, value: undefined });
    expect(await rejection(onsync.messages.iterate("whatsapp:+1").next())).toMatchObject({ name: "NotFoundError" });
  });

  describe("on servers that differ from the contract", () => {
    const filled = (count: number, step = 1) => {
      const store = new MessageStore();
      for (let index = 0; index < count; index++) store.add(noon + index * step);
      return store;
    };
    const altered =
      (
        store: MessageStore,
        alter: (page: { data: Message[]; nextBefore?: string | null }, before: string | null) => object,
      ): Step =>
      ({ url }) => {
        const { searchParams } = new URL(url);
        const before = searchParams.get("before");
        return json(200, { ...alter(store.page(Number(searchParams.get("limit")), before), before) });
      };

    test.each<[string, Parameters<typeof altered>[1]]>([
      ["without nextBefore", ({ data }) => ({ data })],
      [
        "with nextBefore in whole seconds",
        ({ data, nextBefore }) => ({ data, nextBefore: nextBefore && `${nextBefore.slice(0, 19)}Z` }),
      ],
      [
        "with a later nextBefore",
        ({ data, nextBefore }) => ({
          data,
          nextBefore: nextBefore && new Date(Date.parse(nextBefore) + 5).toISOString(),
        }),
      ],
      [
        "that counts microseconds",
        ({ data, nextBefore }) => ({
          data: data.map((message) => ({ ...message, createdAt: message.createdAt.replace("Z", "321Z") })),
          nextBefore,
        }),
      ],
    ])("nothing is lost %s", async (_what, alter) => {
      const store = filled(40, 300);
      const { ids } = await walk(altered(store, alter), { pageSize: 3 });
      expect(ids).toEqual(store.messages.map(({ id }) => id).reverse());
    });

    test("nothing comes twice where before is inclusive", async () => {
      const store = filled(40);
      const inclusive: Step = ({ url }) => {
        const { searchParams } = new URL(url);
        const before = searchParams.get("before");
        const after = before && new Date(Date.parse(before) + 1).toISOString();
        return json(200, store.page(Number(searchParams.get("limit")), after));
      };
      for (const pageSize of [1, 2, 3, 50]) {
        expect((await walk(inclusive, { pageSize })).ids).toEqual(store.messages.map(({ id }) => id).reverse());
      }
    });

    test("a server that ignores before ends the walk with an error, not with a loop", async () => {
      const store = filled(300);
      const ignoring = altered(store, () => store.page(100, null));
      expect(await rejection(walk(ignoring, { pageSize: 100 }))).toMatchObject({
        name: "ApiError",
        code: "unusable_answer",
        retryable: false,
        message: "OnSync's list cannot be read to its end: its pages do not go back in time",
      });
    });

    test("a nextBefore that is no time is an error, not an end", async () => {
      const strange = json(200, { data: [{ id: "msg_1" }], nextBefore: "the-next-page" });
      expect(await rejection(walk(strange))).toMatchObject({
        message: expect.stringContaining("nextBefore is not a time"),
      });
    });

    test("items that are no messages are passed on", async () => {
      const { onsync } = scriptedOnSync([json(200, { data: [null, "text", { id: 7 }], nextBefore: null })]);
      const seen: unknown[] = [];
      for await (const message of onsync.messages.iterate(conversationId)) seen.push(message);
      expect(seen).toEqual([null, "text", { id: 7 }]);
    });
  });

  test("property: every message once, newest first, under ties, inserts meanwhile and any page size", async () => {
    await fc.assert(
      fc.asyncProperty(
        // Few instants, so that many share one; never more than the 100 that one page can hold.
        fc.array(fc.nat({ max: 12 }), { maxLength: 90 }),
        fc.array(fc.record({ request: fc.integer({ min: 1, max: 12 }), at: fc.nat({ max: 14 }) }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 100 }),
        async (instants, inserts, pageSize) => {
          const store = new MessageStore();
          for (const instant of instants) store.add(noon + instant);
          const atStart = store.messages.map(({ id }) => id);
          const insert = (request: number) => {
            for (const { at } of inserts.filter((each) => each.request === request)) store.add(noon + at);
          };
          const { seen, ids } = await walk(serve(store, insert), { pageSize });
          expect(new Set(ids).size).toBe(ids.length);
          expect(atStart.filter((id) => !ids.includes(id))).toEqual([]);
          const times = seen.map(({ createdAt }) => Date.parse(createdAt));
          // What arrives meanwhile may come after its neighbours of the same instant, never among older ones.
          expect(times).toEqual([...times].sort((a, b) => b - a));
        },
      ),
      { numRuns: 400 },
    );
  });

  test("property: it ends, whatever the pages hold", async () => {
    const item = fc.oneof(
      fc.record({
        id: fc.constantFrom("a", "b", "c", "d"),
        createdAt: fc.constantFrom(...[0, 1, 2, 3].map((ms) => new Date(noon + ms).toISOString()), "never"),
      }),
      fc.constant(null),
    );
    const page = fc.record({
      data: fc.array(item, { maxLength: 4 }),
      nextBefore: fc.constantFrom(null, "never", new Date(noon).toISOString(), new Date(noon + 3).toISOString()),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(page, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 100 }),
        async (pages, pageSize) => {
          let request = 0;
          const step: Step = () => json(200, pages[request++ % pages.length]);
          await walk(step, { pageSize }, 2_000).catch((error) =>
            expect(error).toMatchObject({ code: "unusable_answer" }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

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
    expect(lines()).toEqual(["GET /v1/conversations?platform=whatsapp&limit=50"]);
  });

  test("a cursor that does not move on is an error, not a loop", async () => {
    const { onsync } = scriptedOnSync(Array.from({ length: 3 }, () => json(200, { data: [], nextCursor: "same" })));
    expect(await rejection(onsync.contacts.iterate().next())).toMatchObject({
      message: expect.stringContaining("its cursor does not move on"),
    });
  });
});
