/** The history page by page, for callers that count the requests. */
import { expect, test } from "@jest/globals";
import { conversationId } from "../../../testing/message-store.ts";
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
