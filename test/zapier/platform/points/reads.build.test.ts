/** On Zapier's build: searches, lists and dropdowns say what there is, and cost little. */
import { describe, expect, test } from "@jest/globals";
import type { Field, Operation } from "./steps.ts";
import { customer, useSteps } from "./steps.ts";

const steps = useSteps();
type Page = { results: { id: unknown }[]; paging_token?: string | null };

const conversation = `whatsapp:${customer}`;

describe("11: Find Messages in a Conversation", () => {
  test("misses where there is no such conversation", async () => {
    const input = { conversationId: "whatsapp:+971500000098", contains: "refund" };
    expect(await steps.succeed("searches.find_messages", input)).toEqual([]);
  });

  test("costs at most three requests for a match on the newest message", async () => {
    const { control } = steps.world.reference;
    for (let number = 0; number < 1050; number += 1)
      await control.inbound({ platform: "whatsapp", from: customer, content: `number ${number}` });
    await control.inbound({ platform: "whatsapp", from: customer, content: "a refund" });
    const found = await steps.run("searches.find_messages", { conversationId: conversation, contains: "refund" });
    expect(steps.requests().length).toBeLessThanOrEqual(3);
    expect(found).toMatchObject({ kind: "success", output: [{ content: "a refund" }] });
  });
});

describe("15: lists and dropdowns", () => {
  test("a list never has a record that the Zap's filter excludes", async () => {
    const filters = { direction: "inbound", platform: "telegram", contains: "refund" };
    const listed = await steps.succeed<Record<string, unknown>[]>(
      "triggers.message_created.operation.performList",
      filters,
    );
    for (const { direction, platform, content } of listed) {
      expect({ direction, platform }).toEqual({ direction: "inbound", platform: "telegram" });
      expect(String(content)).toMatch(/refund/i);
    }
    const failed = await steps.succeed<Record<string, unknown>[]>("triggers.message_updated.operation.performList", {
      status: ["failed"],
    });
    for (const { status } of failed) expect(status).toBe("failed");
  });

  /** The trigger that fills the dropdown of a field. */
  async function findDropdown(key: string, field: string): Promise<{ name: string; operation: Operation | undefined }> {
    const { creates, triggers } = await steps.definition();
    const fields = (creates[key]?.operation.inputFields ?? []) as Field[];
    const name = fields.find((one) => one.key === field)?.dynamic?.split(".")[0] ?? "";
    return { name, operation: triggers[name]?.operation };
  }

  test("a dropdown works with the permissions that its action needs", async () => {
    const { key } = await steps.world.reference.control.createKey({ scopes: ["write:contacts"] });
    const connection = steps.platform.connect(steps.world, "b", { key });
    const { name } = await findDropdown("update_contact", "contactId");
    const meta = { isFillingDynamicDropdown: true, page: 0 };
    const outcome = await steps.run(`triggers.${name}`, {}, { connection, bundle: { meta } });
    expect(outcome).toMatchObject({ kind: "success" });
  });

  test("a dropdown shows more than a hundred contacts", async () => {
    const { control } = steps.world.reference;
    for (let number = 0; number < 150; number += 1)
      await control.inbound({
        platform: "whatsapp",
        from: `+9715010000${String(number).padStart(2, "0")}`.slice(0, 14),
        content: "Hi",
      });
    const { name, operation } = await findDropdown("update_contact", "contactId");
    expect(operation?.canPaginate).toBe(true);
    const ids = new Set<unknown>();
    let token: string | null | undefined;
    for (const page of [0, 1, 2, 3]) {
      const meta = { isFillingDynamicDropdown: true, page, ...(token != null && { paging_token: token }) };
      const listed = await steps.succeed<Page | Page["results"]>(`triggers.${name}`, {}, { bundle: { meta } });
      const { results, paging_token } = Array.isArray(listed) ? { results: listed, paging_token: null } : listed;
      for (const { id } of results) ids.add(id);
      token = paging_token;
    }
    expect(ids.size).toBe(steps.contacts().length);
  });
});

describe("what a step costs", () => {
  test.each([
    ["creates.save_contact", { phone: customer, firstName: "Sara" }],
    ["creates.send_message", { platform: "whatsapp", to: customer, content: "Hi" }],
    ["creates.send_message", { platform: "whatsapp", to: customer, content: "Hi", clientReference: "order-1" }],
    ["searches.find_contact", { phone: customer }],
    ["searches.find_conversation", { platform: "whatsapp", to: customer }],
    ["searches.find_messages", { conversationId: conversation }],
  ])("%s with %j: at most three requests", async (step, input) => {
    await steps.succeed(step, input);
    expect(steps.requests().length).toBeLessThanOrEqual(3);
  });
});
