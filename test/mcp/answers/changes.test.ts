/** What an agent is told of what it has written: enough to know what OnSync keeps, and nothing that it has just said itself. */
import { describe, expect, test } from "@jest/globals";
import { samples } from "../../../src/api/index.ts";
import { connect, envelope, scripted, unfence } from "../session.ts";

const kept = {
  ...samples.contact,
  id: "contact_1",
  firstName: "Sara",
  lastName: "Hussein Al Maktoum",
  phone: "+971500000000",
  email: "sara@example.com",
  tags: ["lead", "expo"],
  properties: { source: "Expo booth", language: "en" },
};

async function update(args: object, contact: object = kept) {
  await using session = await connect({
    onsync: scripted({ contacts: { update: async () => ({ ...contact, ...envelope }) as never } }),
  });
  return await session.call("update_contact", { contactId: "contact_1", ...args });
}

describe("a contact that was changed", () => {
  test("is told by its id and name, without the fields that stayed or are as they were given", async () => {
    const { text, data } = await update({ email: "SARA@example.com", properties: ["language=en"] });
    expect(unfence(text)).toMatch(
      /^Updated: contact_1, Sara Hussein Al Maktoum\. The rest is as given, or as it was\.$/m,
    );
    expect(Object.keys(data).sort()).toEqual(["customerText", "firstName", "id", "lastName", "rest"]);
  });

  test.each([
    ["a name", { firstName: "Sarah" }, { firstName: "Sara" }],
    ["a phone, in another form", { phone: "+971 50 000 0000" }, { phone: "+971500000000" }],
    ["tags, one of which was not taken", { tags: ["lead", "expo", "vip"] }, { tags: ["lead", "expo"] }],
    ["a property", { properties: ["source=Fair"] }, { properties: { source: "Expo booth" } }],
    ["a field that was to be emptied", { clear: ["email"] }, { email: "sara@example.com" }],
    ["a property that was to be emptied", { clear: ["properties.language"] }, { properties: { language: "en" } }],
  ])("is told with %s that OnSync keeps otherwise than given", async (_what, args, told) => {
    const { data } = await update(args);
    expect(JSON.parse(unfence(JSON.stringify(data)))).toMatchObject(told);
  });

  test.each([
    ["emptied", { clear: ["email", "properties.source"] }],
    ["left out by an answer that is shorter", { tags: ["lead"], properties: ["language=en"] }],
  ])("is not told with a field that was %s", async (_what, args) => {
    const { data } = await update(args, { id: "contact_1", email: null });
    expect(data).toEqual({ id: "contact_1", rest: "as given, or as it was" });
  });
});

describe("a message that was sent", () => {
  const message = { ...samples.sentMessage, content: "Hello" };
  const send = async (content: string, answered: object) => {
    await using session = await connect({
      onsync: scripted({ messages: { send: async () => ({ ...message, ...answered, ...envelope }) as never } }),
    });
    return await session.call("send_message", { platform: "whatsapp", to: message.to, content });
  };

  test("is told without the text that was given", async () => {
    const { text, data } = await send("Hello", {});
    expect(text).toMatch(/^Accepted for \S+, status \w+, msg_\w+, text as given\.$/m);
    expect(data).not.toHaveProperty("content");
    expect(data).not.toHaveProperty("customerText");
  });

  test("is told with its text, fenced, where OnSync sent another than was given", async () => {
    const { text, data } = await send("Hello there, Sara", { content: "Hello [shortened]" });
    expect(text).toMatch(/<(customer-\w+)>Hello \[shortened\]<\/\1>/);
    expect(unfence(data.content)).toBe("Hello [shortened]");
  });
});
