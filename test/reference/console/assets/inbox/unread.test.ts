/** What counts as unread. */
import { expect, test } from "@jest/globals";
import { importAsset } from "../import-asset.ts";

type Conversation = { id: string; latest: { direction: string } | null; lastInboundAt: string | null };
const { isUnread } = await importAsset<{ isUnread(one: Conversation, readUntil: Map<string, number>): boolean }>(
  "inbox/unread.js",
);

const at = "2026-11-22T10:00:00.000Z";
const asked = { id: "telegram:7", latest: { direction: "inbound" }, lastInboundAt: at };

test("what a customer said last, until it was seen", () => {
  expect(isUnread(asked, new Map())).toBe(true);
  expect(isUnread(asked, new Map([["telegram:8", Date.parse(at)]]))).toBe(true);
  expect(isUnread(asked, new Map([["telegram:7", Date.parse(at) - 1]]))).toBe(true);
  expect(isUnread(asked, new Map([["telegram:7", Date.parse(at)]]))).toBe(false);
});

test("nothing that was answered, or never said", () => {
  expect(isUnread({ ...asked, latest: { direction: "outbound" } }, new Map())).toBe(false);
  expect(isUnread({ ...asked, latest: null, lastInboundAt: null }, new Map())).toBe(false);
});
