/** What is left of rows that are redacted: nothing that names a person, and enough to join and count them. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createRedaction } from "../../../src/data/export/redact.ts";
import type { ExportRow, TableName } from "../../../src/data/index.ts";

const redact = createRedaction("made up");

const contact: ExportRow = {
  ...{ id: "contact_01JGDNWSW9", orgId: "org_123", firstName: "Sara", lastName: "Hussein", phone: "+971500000000" },
  ...{ email: "sara@example.com", tags: ["lead"], channel: "instagram", createdAt: "2024-12-01T10:00:00.000Z" },
  properties: { source: "Expo booth", language: "en", externalId: "crm_8740", mother: "Layla", age: 33 },
};
const message: ExportRow = {
  ...{ id: "msg_01JGDP5CQ0", conversationId: "whatsapp:+971500000000", to: "+971500000000", platform: "whatsapp" },
  ...{ type: "template", direction: "outbound", status: "read", content: "Dear Sara", failureReason: null },
  metadata: {
    ...{ campaign: "expo", platformMessageId: "wamid.HBgMOTcx", note: { phone: "+971500000000" } },
    template: { name: "order_follow_up", language: "en", components: [{ parameters: [{ text: "Sara" }] }] },
  },
  createdAt: "2024-12-01T10:00:00.000Z",
};

test("names, numbers, addresses and texts are gone, and ids, times, tags and campaigns stay", () => {
  expect(redact("contacts", contact)).toEqual({
    ...{ id: contact.id, orgId: "org_123", firstName: "[4 characters]", lastName: "[7 characters]" },
    ...{ phone: expect.stringMatching(/^~[\w-]{16}$/), email: expect.stringMatching(/^~[\w-]{16}$/) },
    ...{ tags: ["lead"], channel: "instagram", createdAt: contact.createdAt },
    properties: {
      ...{ source: "Expo booth", language: "en", externalId: expect.stringMatching(/^~/) },
      ...{ mother: "[masked]", age: "[masked]" },
    },
  });
  expect(redact("messages", message)).toMatchObject({
    ...{ id: message.id, status: "read", content: "[9 characters]", failureReason: null },
    metadata: {
      ...{ campaign: "expo", platformMessageId: "[masked]", note: "[masked]" },
      template: { name: "order_follow_up", language: "en" },
    },
  });
});

test("rows can still be joined: the same address is the same pseudonym, wherever it stands, and another with another secret", () => {
  const redacted = redact("messages", message);
  const conversation = redact("conversations", { id: "whatsapp:+971500000000", contactId: "contact_1" });
  expect(conversation.id).toBe(redacted.conversationId);
  expect(`whatsapp:${redacted.to}`).toBe(redacted.conversationId);
  expect(redact("contacts", contact).phone).toBe(redacted.to);
  expect(createRedaction("another")("messages", message).to).not.toBe(redacted.to);
});

test("a field that nobody knows is left out, and an id that could be a person's is a pseudonym", () => {
  expect(redact("contacts", { id: "sara@example.com", nickname: "Sasa", passport: 4711 })).toEqual({
    id: expect.stringMatching(/^~/),
  });
  const assignee = { id: "user_1", name: "Omar", email: "omar@example.com" };
  expect(redact("conversations", { id: "x", assignee })).toMatchObject({ assignee: { id: "user_1" } });
});

test("property: whatever a customer writes, and wherever OnSync puts it, no word of it is left", () => {
  const secret = fc.stringMatching(/^[A-Z][a-z]{7,12} \d{8,12}$/);
  const tables: TableName[] = ["contacts", "messages", "conversations"];
  fc.assert(
    fc.property(secret, fc.constantFrom(...tables), fc.string(), (text, table, name) => {
      const row: ExportRow = {
        ...{
          id: text,
          firstName: text,
          phone: text,
          email: text,
          content: text,
          to: text,
          conversationId: `whatsapp:${text}`,
        },
        ...{
          failureReason: text,
          assignee: { id: text, name: text },
          [`x${name}`]: text,
          contactId: text,
          orgId: text,
        },
        properties: { externalId: text, other: text, deep: { deeper: text } },
        metadata: { template: { name: "t", components: [text] }, other: [text] },
      };
      expect(JSON.stringify(redact(table, row))).not.toContain(text);
    }),
  );
});
