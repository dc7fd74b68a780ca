import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import type { Event } from "../../src/api/index.ts";
import { orderKey, readOrg } from "../../src/webhooks/order-key.ts";

const event = (type: string, data: object): Event => ({ id: "evt_1", type, createdAt: "", data }) as unknown as Event;

test("a message is ordered by its conversation, all else by what it is about, and what is about nothing by itself", () => {
  const both = { id: "about", conversationId: "conversation" };
  expect(orderKey(event("message.created", both))).toBe("conversation");
  expect(orderKey(event("message.created", { id: "about", conversationId: "" }))).toBe("about");
  expect(orderKey(event("contact.updated", both))).toBe("about");
  expect(orderKey(event("contact.updated", { id: 7, conversationId: "conversation" }))).toBe("conversation");
  expect(orderKey(event("contact.updated", {}))).toBe("evt_1");
});

test("a name of 400 characters is kept as it is, and one of 401 is named by its hash", () => {
  const [most, more] = ["k".repeat(400), "k".repeat(401)];
  const hash = createHash("sha256").update(more).digest("hex");
  expect([most, more].map((id) => orderKey(event("contact.created", { id })))).toEqual([most, hash]);
  expect([most, more].map((orgId) => readOrg({ orgId }))).toEqual([most, hash]);
});

test("what names no org belongs to the org without a name", () => {
  expect([{}, { orgId: 7 }, { orgId: null }].map(readOrg)).toEqual(["", "", ""]);
});
