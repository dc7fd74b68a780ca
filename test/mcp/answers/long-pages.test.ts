/** Pages of twenty rows and more say of each only what one acts on, and lead to the rest. */
import { expect, test } from "@jest/globals";
import { samples } from "../../../src/api/index.ts";
import { connect, envelope, scripted, unfence } from "../session.ts";

const now = (): number => Date.parse("2024-12-01T12:00:00.000Z");

async function open(count: number, limits: number[] = []) {
  const platforms = ["whatsapp:+97150000", "telegram:7"] as const;
  const data = Array.from({ length: count }, (_, index) => ({
    ...samples.assignedConversation,
    id: `${platforms[index % 2]}${1000 + index}`,
    platform: index % 2 === 0 ? ("whatsapp" as const) : ("telegram" as const),
    contactId: `contact_${index}`,
    lastMessageAt: "2024-12-01T10:59:10.000Z",
    lastInboundAt: "2024-12-01T10:59:10.000Z",
    contactName: "Sara",
    lastMessage: samples.inboundMessage,
  }));
  const list = async ({ limit = 20 } = {}) => {
    limits.push(limit);
    return { data: data.slice(0, limit), nextCursor: null, ...envelope };
  };
  return (redactPii = false) =>
    connect({ onsync: scripted({ conversations: { list } }), now, safety: { redactPii, readOnly: true } });
}

test("a conversation of a long page says whether its window is open, and with detail full until when", async () => {
  await using session = await (await open(20))();
  const { text, data } = await session.call("list_conversations");
  expect(data.data).toHaveLength(20);
  expect([data.data[0].window, data.data[1].window]).toEqual([{ open: true }, undefined]);
  expect(text).toContain(", window open");
  const full = await session.call("list_conversations", { detail: "full" });
  expect(full.data.data[0].window).toEqual({ open: true, expiresAt: "2024-12-02T10:59:10.000Z" });
});

test("a conversation of a short page says so too", async () => {
  await using session = await (await open(3))();
  const { text, data } = await session.call("list_conversations");
  expect(data.data[0].window).toEqual({ open: true, expiresAt: "2024-12-02T10:59:10.000Z" });
  expect(text).toContain("WhatsApp window open until 2024-12-02T10:59:10.000Z");
});

test("each row of a long page's text names the contact: by its id, or by the phone that its conversation has", async () => {
  const openSession = await open(20);
  await using session = await openSession();
  const rows = unfence((await session.call("list_conversations")).text)
    .split("\n")
    .slice(2, 22);
  for (const [index, row] of rows.entries())
    expect(row).toMatch(index % 2 === 0 ? /^- whatsapp:\+97150000\d{4}, Sara/ : /^- telegram:.*contact contact_\d+,/);
  await using masked = await openSession(true);
  const hidden = unfence((await masked.call("list_conversations")).text);
  expect(hidden.match(/contact contact_\d+,/g)).toHaveLength(20);
});

test("no more rows are asked of OnSync than an answer has room for", async () => {
  const limits: number[] = [];
  await using session = await (await open(100, limits))();
  await session.call("list_conversations", { limit: 100 });
  expect(limits).toEqual([20]);
});
