/** Arguments as hosts send them: everything filled in, and everything as text. */
import { describe, expect, test } from "@jest/globals";
import { readArguments, toArguments } from "../../../mcp/call/read-arguments.ts";
import { tools } from "../../../mcp/tools/index.ts";
import type { Tool } from "../../../mcp/tools/tool.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { connect } from "../session.ts";

function findTool(name: string): Tool {
  return tools.find(({ definition }) => definition.name === name) as Tool;
}

describe("toArguments", () => {
  test.each([undefined, null, "", "  ", "{}", {}])("%j stands for no arguments", (given) => {
    expect(toArguments(given)).toEqual({});
  });

  test("an object that came as JSON text is read", () => {
    expect(toArguments('{"query":"sara"}')).toEqual({ query: "sara" });
  });

  test.each(["sara", "[1]", 7, true, []])("%j is none, and stands under a name that no tool knows", (given) => {
    expect(toArguments(given)).toEqual({ arguments: given });
  });
});

describe("readArguments", () => {
  test.each([null, ""])("an optional argument that is %j is not given", (empty) => {
    const given = { phone: "+971500000000", email: empty, query: empty, limit: empty, detail: empty };
    expect(readArguments(findTool("find_contacts"), given)).toEqual({ phone: "+971500000000" });
  });

  test("an argument that is needed stays empty, so that the answer can name it", () => {
    expect(readArguments(findTool("get_contact"), { contactId: "" })).toEqual({ contactId: "" });
  });

  test("numbers and lists that came as text are read, and numbers where a text is meant", () => {
    expect(readArguments(findTool("find_contacts"), { externalId: 8740, limit: "5" })).toEqual({
      externalId: "8740",
      limit: 5,
    });
    expect(readArguments(findTool("save_contact"), { tags: '["lead","expo"]' })).toEqual({ tags: ["lead", "expo"] });
  });

  test.each(["five", "5e3", "0x10", "", " "])("%j is no number, and stays for the answer to say so", (limit) => {
    const read = readArguments(findTool("list_messages"), { conversationId: "telegram:77", limit });
    expect([limit, undefined]).toContain(read.limit);
  });

  test("a map is read from texts name=value, in which the value may have any sign", () => {
    const properties = ["source=Expo booth", "formula= a=b ", "externalId=8740"];
    expect(readArguments(findTool("save_contact"), { properties })).toEqual({
      properties: { source: "Expo booth", formula: " a=b ", externalId: "8740" },
    });
  });

  test.each([{ source: "Expo" }, '{"source":"Expo"}'])("a map may come as one: %j", (properties) => {
    expect(readArguments(findTool("save_contact"), { properties })).toEqual({ properties: { source: "Expo" } });
  });

  test("a list that is no map stays as it came", () => {
    expect(readArguments(findTool("save_contact"), { properties: ["Expo"] })).toEqual({ properties: ["Expo"] });
  });
});

/** What each tool needs, and no more. */
const least: Record<string, object> = {
  find_contacts: { phone: "+971500000000" },
  list_conversations: {},
  list_messages: { conversationId: "whatsapp:+971500000000" },
  send_message: { platform: "whatsapp", to: "+971500000000", content: "Hi" },
  list_templates: {},
  get_account: {},
};

test.each(Object.keys(least))(
  "%s answers the same whether a host leaves the rest out or fills it with null or empty texts",
  async (name) => {
    await using pair = await onsyncPair();
    await pair.reference.control.clock({ freeze: true });
    await pair.reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Hello" });
    const session = await connect({ onsync: pair.onsync });
    const args = least[name] as Record<string, unknown>;
    const schema = findTool(name).definition.inputSchema;
    const others = Object.keys(schema.properties as object).filter((field) => !(field in args));
    // Of a new message each time, only its id differs.
    const call = async (filling: unknown) => {
      const filled = Object.fromEntries(others.map((field) => [field, filling]));
      const answer = await session.call(name, { ...args, ...filled });
      return JSON.stringify([answer.isError, answer.data]).replace(/msg_\w+|"remaining":\d+|customer-\w+/g, "");
    };
    const plain = await call(undefined);
    expect(plain).toContain("[false,");
    expect([await call(null), await call("")].map(maskTimes)).toEqual([plain, plain].map(maskTimes));
    await session.client.close();
  },
);

function maskTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "");
}

test.each([null, ""])("%j in place of a field clears nothing of a contact: clear does", async (empty) => {
  await using pair = await onsyncPair();
  const { id: contactId } = await pair.onsync.contacts.save({ phone: "+971500000000", lastName: "Hussein" });
  const session = await connect({ onsync: pair.onsync });
  await session.call("update_contact", { contactId, firstName: "Sara", lastName: empty, phone: empty, tags: empty });
  expect(await pair.onsync.contacts.get(contactId)).toMatchObject({ lastName: "Hussein", phone: "+971500000000" });
  await session.call("update_contact", { contactId, clear: ["lastName"] });
  expect((await pair.onsync.contacts.get(contactId)).lastName ?? null).toBeNull();
  await session.client.close();
});

test.each([null, "", "{}"])("a call whose arguments are %j is answered", async (args) => {
  await using pair = await onsyncPair();
  const session = await connect({ onsync: pair.onsync });
  const answer = await session.client.callTool({ name: "list_templates", arguments: args as never });
  expect(answer.isError).toBeUndefined();
  await session.client.close();
});

test("a call whose arguments are a list is told that they are none of the tool's", async () => {
  await using pair = await onsyncPair();
  const session = await connect({ onsync: pair.onsync });
  const answer = await session.client.callTool({ name: "list_templates", arguments: ["a"] as never });
  expect(JSON.stringify(answer.content)).toContain("It has no argument");
  await session.client.close();
});
