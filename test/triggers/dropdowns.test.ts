/** The hidden triggers that fill dropdowns. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

test("dropdowns show contacts and conversations by name", async () => {
  const { id } = await zap.create("save_contact", { phone, firstName: "Sara" });
  await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
  expect(await zap.run("triggers.contact_list.operation.perform")).toEqual([{ id, name: `Sara, ${phone}` }]);
  expect(await zap.run("triggers.conversation_list.operation.perform")).toEqual([
    { id: conversationId, name: `${conversationId} (assigned)` },
  ]);
});

test("without the extensions dropdowns are empty, and the field takes what is typed", async () => {
  const plain = await startZap({ extensions: false });
  for (const key of ["contact_list", "conversation_list", "template_list"])
    expect(await plain.run(`triggers.${key}.operation.perform`)).toEqual([]);
  await plain.close();
});
