/** The history page by page, for callers that count the requests. */
import { expect, test } from "@jest/globals";
import type { DriftEvent } from "../../../src/client/index.ts";
import { conversationId, MessageStore } from "../../../testing/message-store.ts";
import { noon, serve } from "../../../testing/message-walk.ts";
import { json, scriptedOnSync } from "../../../testing/scripted.ts";

test("each page is one request, brings what the one before did not, and the last says so", async () => {
  const [first, second] = ["2024-12-01T10:00:00.000Z", "2024-12-01T09:00:00.000Z"];
  const messages = [
    { id: "msg_2", createdAt: first },
    { id: "msg_1", createdAt: second },
  ];
  const { onsync, lines } = scriptedOnSync([
    json(200, { data: messages.slice(0, 1), nextBefore: first }),
    json(200, { data: messages, nextBefore: null }),
  ]);
  const pages: [string[], boolean][] = [];
  for await (const { messages, isLast } of onsync.messages.iteratePages(conversationId, { pageSize: 1 }))
    pages.push([messages.map(({ id }) => id), isLast]);
  expect(pages).toEqual([
    [["msg_2"], false],
    [["msg_1"], true],
  ]);
  expect(lines()).toHaveLength(2);
});

test("the first page after messages that cannot be reached says so, and onDrift is told of it once", async () => {
  const store = new MessageStore();
  const older = Array.from({ length: 250 }, (_, index) => store.add(noon - 250 + index));
  for (let index = 0; index < 101; index++) store.add(noon);
  const drift: DriftEvent[] = [];
  const { onsync } = scriptedOnSync(Array(8).fill(serve(store)), { onDrift: (event) => drift.push(event) });
  const pages: [size: number, isGap: boolean][] = [];
  for await (const { messages, isGap } of onsync.messages.iteratePages(conversationId))
    pages.push([messages.length, isGap]);
  expect(pages.filter(([size]) => size > 0)).toEqual([
    [100, false],
    [100, true],
    [99, false],
    [51, false],
  ]);
  expect(drift).toMatchObject([
    {
      endpoint: "listMessages",
      requestId: "req_1",
      issues: [{ code: "unreachable_messages", message: expect.stringContaining(`(${older.at(-1)?.createdAt})`) }],
    },
  ]);
});
