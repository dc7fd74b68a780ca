import { describe, expect, test } from "@jest/globals";
import { conversationId, MessageStore } from "../../../testing/message-store.ts";
import { noon, serve, walk } from "../../../testing/message-walk.ts";
import { json, rejection, scriptedOnSync } from "../../../testing/scripted.ts";

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

  test("reads what arrives in the very millisecond of a full page before it goes on", async () => {
    const store = new MessageStore();
    store.add(noon - 1);
    for (let index = 0; index < 100; index++) store.add(noon);
    const { ids } = await walk(serve(store, (request) => void ([2, 3].includes(request) && store.add(noon))));
    expect(new Set(ids)).toEqual(new Set(store.messages.map(({ id }) => id)));
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

  test("rejects with the error of a page that fails", async () => {
    const { onsync } = scriptedOnSync([
      json(200, { data: [] }),
      json(404, { error: { code: "not_found", message: "No." } }),
    ]);
    const walking = onsync.messages.iterate("whatsapp:+1");
    expect(await walking.next()).toEqual({ done: true, value: undefined });
    expect(await rejection(onsync.messages.iterate("whatsapp:+1").next())).toMatchObject({ name: "NotFoundError" });
  });
});
