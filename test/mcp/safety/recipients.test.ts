/** Whom an operator lets an assistant write to. */
import { expect, test } from "@jest/globals";
import { createRecipientFilter } from "../../../mcp/safety/recipients.ts";
import { connect } from "../session.ts";
import { phone, text } from "./sending.ts";

test.each([
  ["+9715*", "whatsapp", "+971 50 000-0000", true],
  ["+9715*", "whatsapp", "+971400000000", false],
  ["+9715*", "telegram", "+971500000000", true],
  ["whatsapp:+971500000000", "whatsapp", "+971500000000", true],
  ["whatsapp:+971500000000", "telegram", "+971500000000", false],
  ["telegram:*", "telegram", "77", true],
  ["telegram:*", "instagram", "77", false],
  ["7.7", "telegram", "7x7", false],
  ["77", "telegram", "1177", false],
  ["*", "facebook", "anyone", true],
])("the pattern %s lets the %s address %s be written to: %s", (pattern, platform, to, allowed) => {
  expect(createRecipientFilter([pattern])(platform, to)).toBe(allowed);
});

test("a recipient that is not allowed is not written to", async () => {
  const { onsync, sent } = phone();
  await using session = await connect({ onsync, safety: { allowRecipients: ["+9715*"] } });
  const refused = await session.call("send_message", { ...text, to: "+447700900000" });
  expect(refused.error?.code).toBe("recipient_not_allowed");
  expect(refused.text).toContain("+9715*");
  expect((await session.call("send_message", text)).isError).toBe(false);
  expect(sent).toHaveLength(1);
  expect(() => createRecipientFilter([" "])).toThrow("empty");
});
