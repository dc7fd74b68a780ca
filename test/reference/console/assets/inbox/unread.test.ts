/** What counts as unread. */
import { expect, test } from "@jest/globals";
import { importAsset } from "../import-asset.ts";

type Conversation = {
  id: string;
  latest: { direction: string } | null;
  lastInboundAt: string | null;
  lastMessageAt: string | null;
};
const { isUnread } = await importAsset<{
  isUnread(one: Conversation, readUntil: Map<string, number>, now: number): boolean;
}>("inbox/unread.js");

const at = "2026-11-22T10:00:00.000Z";
const asked = { id: "telegram:7", latest: { direction: "inbound" }, lastInboundAt: at, lastMessageAt: at };
const now = Date.parse(at) + 1000;

test("what a customer said last, until it was seen", () => {
  expect(isUnread(asked, new Map(), now)).toBe(true);
  expect(isUnread(asked, new Map([["telegram:8", Date.parse(at)]]), now)).toBe(true);
  expect(isUnread(asked, new Map([["telegram:7", Date.parse(at) - 1]]), now)).toBe(true);
  expect(isUnread(asked, new Map([["telegram:7", Date.parse(at)]]), now)).toBe(false);
});

test("nothing that was answered, or never said", () => {
  expect(isUnread({ ...asked, latest: { direction: "outbound" } }, new Map(), now)).toBe(false);
  expect(isUnread({ ...asked, latest: null, lastInboundAt: null, lastMessageAt: null }, new Map(), now)).toBe(false);
});

test("what was read before the server started over, by a clock that was ahead, says nothing of what is there now", () => {
  const hourMs = 60 * 60 * 1000;
  expect(isUnread(asked, new Map([["telegram:7", now + hourMs]]), now)).toBe(true);
  // Not so where the row is older than the mark, or the clock was put back since.
  expect(isUnread(asked, new Map([["telegram:7", now - 1]]), now)).toBe(false);
  expect(isUnread(asked, new Map([["telegram:7", Date.parse(at)]]), now - hourMs)).toBe(false);
});
