import type { SentMessage } from "../../src/api/index.ts";
import { operations } from "../../src/operations/index.ts";
import type { Formatter } from "../answers/formatter.ts";
import { omitEmpty, summarizeMessage, summarizeTemplate } from "../answers/summaries.ts";
import { pageArguments, pageFields, presentPage } from "./page.ts";
import { defineTool, type Presented } from "./tool.ts";

const to = "Phone number in E.164 form on WhatsApp, the customer's id elsewhere";
const metadata = "Your own data, kept with the message";

function presentSent(message: SentMessage, format: Formatter): Presented {
  const { data, line } = summarizeMessage(message, format);
  const window = message.templateWindowStatus;
  return {
    data: {
      ...data,
      ...omitEmpty({
        conversationId: format.id(message.conversationId),
        platform: message.platform && format.field(String(message.platform)),
        to: message.to && format.id(message.to),
        templateWindowStatus: window && format.json(window),
      }),
    },
    text: [
      `Accepted for ${format.id(message.conversationId)}, status ${data.status ?? "not told"}. ${line}`,
      window &&
        !window.open &&
        `WhatsApp window closed${window.expiredAt ? ` since ${format.id(window.expiredAt)}` : ""}: until the customer writes, only templates can be sent.`,
    ]
      .filter(Boolean)
      .join("\n"),
  };
}

export const sendMessage = defineTool(operations.send_message, {
  description:
    "Sends a text to a customer. It cannot be undone. On WhatsApp only within 24 hours of the customer's last message, after that use send_template.",
  words: { to, metadata, content: "1 to 4096 characters, sent exactly as written" },
  present: presentSent,
});

export const sendTemplate = defineTool(operations.send_template, {
  description:
    "Sends an approved WhatsApp template to a customer, inside or outside the 24-hour window. It cannot be undone.",
  words: {
    to: "Phone number, E.164",
    template: "Name, from list_templates",
    language: "Such as en",
    parameters: "Values of the body's variables, in order",
    components: "In WhatsApp's form: header text, image, document or video, URL buttons, named variables",
    metadata,
  },
  present: presentSent,
});

export const listTemplates = defineTool(operations.list_templates, {
  description: "Lists message templates: name, language, status, text and variables.",
  extra: pageArguments,
  adds: pageFields,
  detail: true,
  withoutExtension:
    "Ask the person you work for for the template's exact name, language and number of variables, then call send_template with them.",
  present: ({ data }, format, args) =>
    presentPage(data, args, "template", (template) => summarizeTemplate(template, format)),
});
