/** What each tool of the MCP server costs of the org's 1,000 requests an hour: called in a session, by an assistant's words. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { createMcpServer } from "../../mcp/index.ts";
import { createMemoryLedger } from "../../src/client/index.ts";
import { toolsets } from "../../src/operations/toolsets.ts";
import { createEventLog } from "../../src/webhooks/index.ts";
import { type Account, conversationId, fillAccount, phone, silent } from "./account.ts";
import { type Cost, countEach, withCounted } from "./count.ts";

type Data = Record<string, unknown>;
type Session = Account & { call(name: string, args?: Data): Promise<Data>; webhookId?: unknown };
type ToolCost = Cost<Session>;

function calls(of: string, when: string | undefined, args: Data | ((session: Session) => Data), least = 1): ToolCost {
  return {
    of,
    ...(when !== undefined && { when }),
    least,
    run: (session) => session.call(of, typeof args === "function" ? args(session) : args),
  };
}

const template = { template: "order_follow_up", language: "en", parameters: ["Sara"] };
const whyTags =
  "OnSync has no conditional write: the contact is read again after it, so that no tag of somebody else's is lost.";
const whyTemplate = "The template is looked up once: a wrong value is refused before it is sent.";
const whyById = "OnSync has no write by address that makes no contact: it is looked for first.";

export const toolCosts: readonly ToolCost[] = [
  calls("get_account", undefined, {}),
  calls("find_contacts", "by phone", { phone }),
  calls("find_contacts", "by tag, among 250", { tag: "vip" }, 3),
  calls("get_contact", "by its id", ({ contactId }) => ({ contactId })),
  calls("get_contact", "by its phone", { contactId: phone }, 2),
  calls("save_contact", undefined, { phone, lastName: "Hussein" }),
  { ...calls("save_contact", "with a tag to add", { phone, addTags: ["vip"] }, 2), why: whyTags },
  calls("update_contact", "by its id", ({ contactId }) => ({ contactId, firstName: "Sarah" })),
  {
    ...calls("update_contact", "by its phone", { contactId: phone, firstName: "Sara" }),
    why: whyById,
  },
  {
    ...calls(
      "update_contact",
      "with a tag to add, by its id",
      ({ contactId }) => ({ contactId, addTags: ["vip2"] }),
      2,
    ),
    why: whyTags,
  },
  calls("list_conversations", undefined, {}),
  calls("check_messaging_window", undefined, { conversationId }, 2),
  calls("list_messages", undefined, { conversationId }),
  calls("find_messages", "that are not there, among 250", { conversationId, contains: "invoice" }, 3),
  calls("send_message", undefined, { platform: "whatsapp", to: phone, content: "On its way" }),
  {
    ...calls("send_template", "the first", { platform: "whatsapp", to: silent, ...template }),
    why: whyTemplate,
  },
  calls("send_template", "another", { platform: "whatsapp", to: silent, ...template, parameters: ["Omar"] }),
  calls("list_templates", undefined, {}),
  calls("list_webhooks", undefined, {}),
  {
    of: "create_webhook",
    least: 1,
    run: async (session) => {
      const url = "https://example.com/hook";
      session.webhookId = (await session.call("create_webhook", { url, events: ["message.created"] })).id;
    },
  },
  calls("delete_webhook", undefined, ({ webhookId }) => ({ webhookId })),
  {
    ...calls("wait_for_events", "the first", { timeoutSeconds: 1 }, 0),
    why: "Whose key it is, and what of the events it may see, is asked once.",
  },
  calls("wait_for_events", "again", { timeoutSeconds: 1 }, 0),
];

/** What the tools cost, in the order of `toolCosts`, and the names of all that there are. */
export function countTools(): Promise<{ counts: number[]; names: string[] }> {
  const ledger = { ...createMemoryLedger(), durable: true };
  return withCounted(
    async ({ reference, onsync, count }) => {
      const contactId = await fillAccount(reference);
      const events = createEventLog();
      const server = createMcpServer({ onsync, ledger, events, safety: { toolsets } });
      const [here, there] = InMemoryTransport.createLinkedPair();
      await server.connect(there);
      const client = new Client({ name: "requests", version: "1.0.0" });
      await client.connect(here);
      const { tools } = await client.listTools();
      const call = async (name: string, args: Data = {}): Promise<Data> => {
        const { isError, content, structuredContent } = await client.callTool({ name, arguments: args });
        if (isError) throw new Error(`${name}: ${JSON.stringify(content)}`);
        return (structuredContent ?? {}) as Data;
      };
      const counts = await countEach(toolCosts, { onsync, contactId, call }, count);
      await client.close();
      return { counts, names: tools.map(({ name }) => name) };
    },
    { ledger },
  );
}
