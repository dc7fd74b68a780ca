import { describe, expect, test } from "@jest/globals";
import type { Message } from "../../../src/client/index.ts";
import { conversationId, MessageStore } from "../../../testing/message-store.ts";
import { noon, walk } from "../../../testing/message-walk.ts";
import { json, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

describe("messages.iterate", () => {
  describe("on a server that differs from the contract", () => {
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
    ])("loses no message %s", async (_what, alter) => {
      const store = filled(40, 300);
      const { ids } = await walk(altered(store, alter), { pageSize: 3 });
      expect(ids).toEqual(store.messages.map(({ id }) => id).reverse());
    });

    test("yields no message twice where before is inclusive", async () => {
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

    test("ends with an error, not a loop, where before is ignored", async () => {
      const store = filled(300);
      const ignoring = altered(store, () => store.page(100, null));
      expect(await rejection(walk(ignoring, { pageSize: 100 }))).toMatchObject({
        name: "ApiError",
        code: "unusable_answer",
        retryable: false,
        message: "OnSync's list cannot be read to its end: its pages do not go back in time",
      });
    });

    test("ends with an error where nextBefore is not a time", async () => {
      const strange = json(200, { data: [{ id: "msg_1" }], nextBefore: "the-next-page" });
      expect(await rejection(walk(strange))).toMatchObject({
        message: expect.stringContaining("nextBefore is not a time"),
      });
    });

    test("passes on items without an id, of every page", async () => {
      const [later, earlier] = ["2024-12-01T10:00:00.000Z", "2024-12-01T09:00:00.000Z"];
      const { onsync } = scriptedOnSync([
        json(200, { data: [{ createdAt: later }], nextBefore: later }),
        json(200, { data: [{ createdAt: earlier }, { createdAt: "never" }], nextBefore: earlier }),
        json(200, { data: [{ content: "Hi" }], nextBefore: null }),
      ]);
      const seen: unknown[] = [];
      for await (const message of onsync.messages.iterate(conversationId)) seen.push(message);
      expect(seen).toEqual([{ createdAt: later }, { createdAt: earlier }, { createdAt: "never" }, { content: "Hi" }]);
    });

    test("passes on items that are no messages", async () => {
      const { onsync } = scriptedOnSync([json(200, { data: [null, "text", { id: 7 }], nextBefore: null })]);
      const seen: unknown[] = [];
      for await (const message of onsync.messages.iterate(conversationId)) seen.push(message);
      expect(seen).toEqual([null, "text", { id: 7 }]);
    });
  });
});
