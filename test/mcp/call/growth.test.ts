/**
 * What a customer writes costs time that grows with its length, on every road that their text takes through the server.
 * Held by a ratio: eight times the text may take eight times the processor's time, and not its square.
 */
import { expect, test } from "@jest/globals";
import { callTool } from "../../../mcp/call/call-tool.ts";
import { createToolbox } from "../../../mcp/call/toolbox.ts";
import { samples } from "../../../src/api/index.ts";
import { ValidationError } from "../../../src/client/errors/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { envelope, everyToolset, scripted } from "../session.ts";

const units = [
  "a",
  "1",
  "1 ",
  "@",
  "a@",
  "a.",
  '"@',
  "+",
  "٠ ",
  "whatsapp:",
  "[at]",
  "customer-",
  "aB",
  "<",
  "~",
  "\u200b",
  "😀",
  "2024-12-01",
  "%40",
  "[+1 more]",
];

type Road = (text: string) => Promise<unknown>;

type Written = { text: string };

/** A customer who has written the text wherever they can. */
function createContact({ text }: Written) {
  return { ...samples.contactWithActivity, firstName: text, email: text, tags: [text], properties: { [text]: text } };
}

async function refuse({ text }: Written): Promise<never> {
  const details = [{ path: [text], code: text, message: text }];
  const call = { method: "POST", path: "/contacts" };
  throw new ValidationError(text, { status: 400, code: text, requestId: text, details, ...call });
}

function createAccount(written: Written) {
  const one = <Item>(item: () => Item) => ({ list: async () => ({ data: [item()], nextCursor: null, ...envelope }) });
  return scripted({
    messages: {
      list: async () => {
        const { text } = written;
        const message = { ...samples.inboundMessage, conversationId: text, content: text, metadata: { [text]: text } };
        return { data: [message], nextBefore: null, ...envelope };
      },
    },
    contacts: {
      ...one(() => createContact(written)),
      get: async () => ({ ...createContact(written), ...envelope }),
      save: () => refuse(written),
    },
    conversations: one(() => ({ ...samples.assignedConversation, id: written.text })),
    templates: one(() => ({
      ...samples.template,
      name: written.text,
      components: [{ type: "BODY", text: written.text }],
    })),
    webhooks: one(() => ({ ...samples.webhook, url: written.text })),
  });
}

/** Every road: as a message, a name, a tag, a property, a template, a webhook, an error, an argument. */
function createRoads(): Record<string, Road> {
  const written: Written = { text: "" };
  const safety = { ...everyToolset, redactPii: true };
  const toolbox = createToolbox({ events: createEventLog(), safety, onsync: createAccount(written) });
  const call = (tool: string, args: Record<string, unknown>) => callTool(toolbox, tool, args);
  const read =
    (tool: string, args: Record<string, unknown>): Road =>
    async (given) => {
      written.text = given;
      return call(tool, args);
    };
  return {
    list_messages: read("list_messages", { conversationId: "telegram:77", detail: "full" }),
    find_contacts: read("find_contacts", { query: "a", detail: "full" }),
    get_contact: read("get_contact", { contactId: "contact_1" }),
    list_conversations: read("list_conversations", { detail: "full" }),
    list_templates: read("list_templates", { detail: "full" }),
    list_webhooks: read("list_webhooks", {}),
    "an error of OnSync's": (given) => {
      written.text = given;
      return call("save_contact", { phone: "+971500000000", firstName: String(Math.random()) });
    },
    "an argument": (given) =>
      call("send_message", { platform: "telegram", to: given, content: given, metadata: { [given]: [given] } }),
    "an argument's name": (given) => call("get_contact", { [given]: given }),
  };
}

const shortLength = 4_000;
const factor = 8;
/** Between what grows with its text and what grows with its square. */
const maxGrowth = 3 * factor;
/** What takes less tells nothing by its ratio, in milliseconds of the processor: a square of this length takes seconds. */
const tooLittle = 300;

/** The processor's time of one call, the least of several. */
async function measure(road: Road, text: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 2; run++) {
    const before = process.cpuUsage();
    await road(text);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

test.each(Object.entries(createRoads()))(
  "%s",
  async (_name, road) => {
    const grown: unknown[] = [];
    for (const unit of units) {
      const make = (length: number) => `${unit.repeat(length / unit.length)}x`;
      const long = await measure(road, make(shortLength * factor));
      if (long < tooLittle) continue;
      const short = await measure(road, make(shortLength));
      if (long > short * maxGrowth) grown.push([unit, short, long]);
    }
    expect(grown).toEqual([]);
  },
  60_000,
);
