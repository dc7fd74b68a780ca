/** On Zapier's build: what the Zap's own data causes halts the run, in words that fit into what Zapier shows. */
import { describe, expect, test } from "@jest/globals";
import { customer, expectHalted, saveContact, useSteps } from "./steps.ts";

const steps = useSteps();

describe("13: the run halts", () => {
  test.each<[string, string, Record<string, unknown>]>([
    ["a phone number that is none", "creates.save_contact", { phone: "hello" }],
    ["an e-mail that is none", "creates.save_contact", { email: "hello" }],
    ["no identifier", "creates.save_contact", { firstName: "Sara" }],
    ["a tag that is too long", "creates.save_contact", { phone: customer, tags: ["x".repeat(300)] }],
    [
      "a text that is too long",
      "creates.send_message",
      { platform: "whatsapp", to: customer, content: "x".repeat(5000) },
    ],
    ["a blank text", "creates.send_message", { platform: "whatsapp", to: customer, content: " " }],
    ["a window that is closed", "creates.send_message", { platform: "whatsapp", to: "+971500000066", content: "Hi" }],
    ["a contact that is not there", "creates.update_contact", { contactId: "contact_01JGDNWSW8", firstName: "Sara" }],
    ["tags of a contact that is not there", "creates.add_tags", { contactId: "contact_01JGDNWSW8", tags: ["a"] }],
    ["a template that is not there", "creates.send_template", { to: customer, template: "none", language: "en" }],
    ["a search for nothing", "searches.find_contact", {}],
  ])("for %s", async (_, step, input) => {
    const text = expectHalted(await steps.run(step, input));
    expect(text).not.toMatch(/bundle|authData|api_key/);
  });

  test("for identifiers of several contacts", async () => {
    await saveContact(steps, { phone: "+971500000066" });
    await saveContact(steps, { email: "sara@example.com" });
    expectHalted(await steps.run("creates.save_contact", { phone: "+971500000066", email: "sara@example.com" }));
  });

  test("for a number that belongs to another contact", async () => {
    const id = await saveContact(steps, { phone: "+971500000066" });
    expectHalted(await steps.run("creates.update_contact", { contactId: id, phone: customer }));
  });

  test("and not for a permission that is missing: that is the connection's, and an error", async () => {
    const { key } = await steps.world.reference.control.createKey({ scopes: ["read:contacts"] });
    const connection = steps.platform.connect(steps.world, "b", { key });
    const outcome = await steps.run("creates.save_contact", { phone: customer }, { connection });
    expect(outcome).toMatchObject({ kind: "error" });
    expect((outcome as { message: string }).message).toContain("write:contacts");
  });
});
