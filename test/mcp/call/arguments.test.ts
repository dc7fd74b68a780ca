/** The arguments of a call, before anything is done with them. */
import { describe, expect, test } from "@jest/globals";
import { CallRefusedError } from "../../../mcp/answers/tool-failure.ts";
import { unmaskArguments, validateArguments } from "../../../mcp/call/arguments.ts";
import { createMasking } from "../../../mcp/safety/pii.ts";
import { tools } from "../../../mcp/tools/index.ts";
import type { Tool } from "../../../mcp/tools/tool.ts";
import { ValidationError } from "../../../src/client/errors/index.ts";

function findTool(name: string): Tool {
  return tools.find(({ definition }) => definition.name === name) as Tool;
}

describe("unmaskArguments", () => {
  const masking = createMasking("secret");
  const sealed = masking.maskId("whatsapp:+971500000000");

  test("opens a sealed recipient and a sealed conversation", () => {
    const to = sealed.slice("whatsapp:".length);
    expect(unmaskArguments({ to, conversationId: sealed }, masking)).toEqual({
      to: "+971500000000",
      conversationId: "whatsapp:+971500000000",
    });
  });

  test("leaves every other argument as it came", () => {
    const args = { content: sealed, limit: 5, conversationId: 7 };
    expect(unmaskArguments(args, masking)).toEqual(args);
  });

  test("changes nothing where addresses are not masked", () => {
    const args = { conversationId: sealed };
    expect(unmaskArguments(args, undefined)).toBe(args);
  });
});

describe("validateArguments", () => {
  test("gives the operation's input without the arguments of the tool's own", () => {
    const args = { conversationId: "whatsapp:+971500000000", limit: 5, detail: "full" };
    const { input, detail } = validateArguments(findTool("list_messages"), args);
    expect(input).toEqual({ conversationId: "whatsapp:+971500000000", limit: 5 });
    expect(detail).toBe("full");
  });

  test("an answer is concise unless asked otherwise", () => {
    expect(validateArguments(findTool("get_account"), {}).detail).toBe("concise");
  });

  test.each([
    ["an argument that the tool has not", "get_contact", { id: "contact_1" }, 'It has no argument "id".'],
    ["an id where words are searched for", "find_contacts", { contactId: "contact_1" }, "It has no argument"],
    ["another detail", "list_messages", { conversationId: "telegram:77", detail: "all" }, 'detail must be "concise"'],
  ])("refuses %s, by an answer that is not remembered as OnSync's", (_what, name, args, words) => {
    const validate = () => validateArguments(findTool(name), args);
    expect(validate).toThrow(CallRefusedError);
    expect(validate).toThrow(words);
  });

  test("names the field whose value the operation does not take", () => {
    const args = { platform: "sms", to: "+971500000000", content: "Hi" };
    const validate = () => validateArguments(findTool("send_message"), args);
    expect(validate).toThrow(ValidationError);
    expect(validate).toThrow("platform");
  });
});
