/** Histories whose times and pages are not as documented. */
import { describe, expect, test } from "@jest/globals";
import type { DriftEvent } from "../../../src/client/index.ts";
import { createTieIssue } from "../../../src/client/pager/page-fetcher.ts";
import { conversationId, MessageStore } from "../../../testing/message-store.ts";
import { json, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

describe("times without a zone", () => {
  const page = (times: string[]): Step =>
    json(200, { data: times.map((createdAt, index) => ({ id: `msg_${index}`, createdAt })), nextBefore: null });

  test("are read as UTC, wherever this runs, and onDrift is told", async () => {
    const drift: DriftEvent[] = [];
    const zoneless = json(200, {
      data: [{ id: "msg_1", createdAt: "2024-12-01T10:00:00.000" }],
      nextBefore: "2024-12-01T10:00:00.000",
    });
    const { onsync, lines } = scriptedOnSync([zoneless, page(["2024-12-01T09:59:59"])], {
      onDrift: (event) => drift.push(event),
    });
    const ids: string[] = [];
    for await (const { id } of onsync.messages.iterate(conversationId, { pageSize: 1 })) ids.push(id);
    expect(ids).toEqual(["msg_1", "msg_0"]);
    expect(lines()[1]).toContain("before=2024-12-01T10%3A00%3A00.001Z");
    expect(drift[0]?.issues).toContainEqual(
      expect.objectContaining({ path: ["data", 0, "createdAt"], code: "missing_zone" }),
    );
  });

  test("that count microseconds lose no message at the end of a page", async () => {
    const micros = json(200, {
      data: [{ id: "msg_2", createdAt: "2024-12-01T10:00:00.123456Z" }],
      nextBefore: "2024-12-01T10:00:00.123456Z",
    });
    const { onsync, lines } = scriptedOnSync([micros, page(["2024-12-01T10:00:00.123400Z"])]);
    const ids: string[] = [];
    for await (const { id } of onsync.messages.iterate(conversationId)) ids.push(id);
    expect(ids).toEqual(["msg_2", "msg_0"]);
    expect(lines()[1]).toContain("before=2024-12-01T10%3A00%3A00.124Z");
  });
});
describe("pages with fewer messages than were asked for", () => {
  test("do not end the walk where they lack nextBefore", async () => {
    const store = new MessageStore();
    for (let index = 0; index < 120; index++) store.add(Date.parse("2024-12-01T10:00:00Z") + index);
    const capped: Step = ({ url }) => {
      const { searchParams } = new URL(url);
      const { data } = store.page(Math.min(50, Number(searchParams.get("limit"))), searchParams.get("before"));
      return json(200, { data });
    };
    const { onsync } = scriptedOnSync(Array(10).fill(capped));
    const ids = new Set<string>();
    for await (const { id } of onsync.messages.iterate(conversationId, { pageSize: 100 })) ids.add(id);
    expect(ids.size).toBe(120);
  });

  test("tell onDrift where more messages share a millisecond than a page holds", async () => {
    const drift: DriftEvent[] = [];
    const store = new MessageStore();
    for (let index = 0; index < 60; index++) store.add(Date.parse("2024-12-01T10:00:00Z"));
    store.add(Date.parse("2024-12-01T09:00:00Z"));
    const capped: Step = ({ url }) => {
      const { searchParams } = new URL(url);
      return json(200, store.page(Math.min(50, Number(searchParams.get("limit"))), searchParams.get("before")));
    };
    const { onsync } = scriptedOnSync(Array(10).fill(capped), { onDrift: (event) => drift.push(event) });
    let seen = 0;
    for await (const _message of onsync.messages.iterate(conversationId)) seen += 1;
    expect(seen).toBe(51);
    const told = drift.flatMap(({ issues }) => issues).filter(({ code }) => code === "unreachable_messages");
    expect(told).toEqual([
      {
        path: ["data"],
        code: "unreachable_messages",
        message: expect.stringMatching(/ share one millisecond \(2024-12-01T09:00:00.000Z\): some cannot be reached$/),
      },
    ]);
  });

  test("tell onDrift of no time where there is none", () => {
    const { message } = createTieIssue(undefined);
    expect(message).toBe("more messages than a page holds share one millisecond: some cannot be reached");
  });
});
