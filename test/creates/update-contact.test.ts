import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { findStored, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";

test("changes what is filled in, leaves what is blank, clears what is asked for", async () => {
  const { id } = await zap.create("save_contact", {
    phone,
    firstName: "Sara",
    lastName: "Hussein",
    source: "Expo",
    language: "en",
    properties: { vip: "yes" },
  });
  const updated = await zap.create("update_contact", {
    contactId: id,
    firstName: "Sarah",
    email: "",
    language: "ar",
    clear: ["lastName", "properties.source", "properties.vip"],
  });
  expect(updated).toMatchObject({
    name: "Sarah",
    lastName: null,
    phone,
    language: "ar",
    source: null,
    properties: {},
  });
  expect(await findStored(zap, id)).toMatchObject({ name: "Sarah", source: null });
});

test("an identifier of another contact: nothing changes, and the other is named", async () => {
  const one = await zap.create("save_contact", { phone });
  const other = await zap.create("save_contact", { email: "sara@example.com" });
  const shown = await zap.failure("creates.update_contact.operation.perform", {
    inputData: { contactId: other.id, phone },
  });
  expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining(String(one.id)) });
  expect(await findStored(zap, other.id)).toMatchObject({ phone: null });
});
