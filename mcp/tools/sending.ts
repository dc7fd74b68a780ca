import { type SentMessage, toConversationId } from "../../src/api/index.ts";
import type { OnSync } from "../../src/client/index.ts";
import { findRecipient, type OperationContext, operations, parseRecipient } from "../../src/operations/index.ts";
import type { Formatter } from "../answers/formatter.ts";
import { type Data, omitEmpty, summarizeMessage, summarizeTemplate } from "../answers/summaries.ts";
import { refuseCall } from "../answers/tool-failure.ts";
import { pageArguments, pageFields, presentPage } from "./page.ts";
import { templateValuesSchema, toTemplateComponents } from "./template-values.ts";
import { defineTool, type Presented } from "./tool.ts";

const sentFields = { alreadySent: { type: "boolean" } };
const conversationId = { type: "string", description: "In place of platform and to" };
const metadata =
  "Your own data, each name=value. With clientReference=order-7-paid the same is sent once, however often you call";

/**
 * Whom a send is for, as the operation wants it: an agent may say it by a conversation, or write one's id as the address.
 *
 * @throws CallRefusedError where it is not said, or said twice and differently
 */
async function prepareRecipient(
  tool: string,
  args: Data,
  onsync: OnSync,
  context: Pick<OperationContext, "signal">,
): Promise<Data> {
  const { platform, to, conversationId: given } = args;
  const inAddress = typeof to === "string" ? parseRecipient(to.trim()) : undefined;
  const isWholeId = inAddress !== undefined && (platform === undefined || platform === inAddress.platform);
  const addressed = isWholeId ? { ...args, ...inAddress } : args;
  if (given === undefined) {
    if (to !== undefined) return addressed;
    throw refuseCall(tool, "validation_failed", "Say whom it is for: give conversationId, or platform and to.");
  }
  if (typeof given !== "string") return args;
  const recipient = await findRecipient(onsync, given, context, tool);
  const differs =
    (addressed.platform !== undefined && addressed.platform !== recipient.platform) ||
    (to !== undefined &&
      toConversationId(recipient.platform, String(addressed.to)) !==
        toConversationId(recipient.platform, recipient.to));
  if (differs)
    throw refuseCall(tool, "validation_failed", "conversationId and to are two different customers: give one of them.");
  return { ...args, ...recipient };
}

/**
 * A text is not told again to who has just given it; what OnSync made of a template is.
 *
 * @param message `alreadySent`: this call sent nothing, an earlier one did under the same reference
 */
function presentSent(message: SentMessage & { alreadySent?: boolean }, format: Formatter, args: Data): Presented {
  const { content, ...others } = message;
  const isAsGiven = content === args.content;
  const { data, line } = summarizeMessage(isAsGiven ? { ...others, content: null } : message, format);
  const { direction: _direction, ...told } = data;
  const conversationId = format.address(message.conversationId);
  const window = message.templateWindowStatus;
  return {
    data: {
      ...told,
      ...omitEmpty({
        conversationId,
        templateWindowStatus: window && format.json(window),
        alreadySent: message.alreadySent,
      }),
    },
    text: [
      message.alreadySent
        ? `Nothing was sent now: an earlier call has sent this under the same metadata.clientReference. For another message leave clientReference out, or make a new one. ${isAsGiven ? `${conversationId}, ${data.id}, ${data.createdAt}` : line}`
        : `Accepted for ${conversationId}, status ${data.status ?? "not told"}, ${isAsGiven ? `${data.id}, text as given.` : line}\nLater, whether it was delivered: find_messages with messageId.`,
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
  words: {
    to: "Phone number in E.164 form on WhatsApp, the customer's id elsewhere",
    metadata,
    content: "1 to 4096 characters, sent exactly as written",
  },
  adds: sentFields,
  optional: ["platform", "to"],
  extra: { conversationId },
  prepare: (args, onsync, context) => prepareRecipient("send_message", args, onsync, context),
  present: presentSent,
});

export const sendTemplate = defineTool(operations.send_template, {
  description:
    "Sends an approved WhatsApp template to a customer, also outside the 24-hour window. It cannot be undone.",
  words: {
    to: "Phone number, E.164",
    template: "Its name",
    language: "Such as en",
    parameters: "Values of the body's variables, in order",
    metadata: "As in send_message",
  },
  adds: sentFields,
  optional: ["to"],
  forms: { components: templateValuesSchema },
  extra: { conversationId: { type: "string", description: "In place of to" } },
  prepare: (args, onsync, context) =>
    prepareRecipient(
      "send_template",
      { ...args, platform: args.platform ?? "whatsapp", components: toTemplateComponents(args.components) },
      onsync,
      context,
    ),
  present: presentSent,
});

/** `en` is every English: `en_US` and `en-GB` as well. */
function isInLanguage(language: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  const [has, asked] = [language, wanted].map((each) => String(each).trim().toLowerCase().replaceAll("-", "_"));
  return has === asked || Boolean(has?.startsWith(`${asked}_`));
}

export const listTemplates = defineTool(operations.list_templates, {
  description: "Lists message templates: name, language, status, text and variables.",
  extra: { language: { type: "string", description: "Such as en" }, ...pageArguments },
  adds: pageFields,
  detail: true,
  withoutExtension:
    "Ask the person you work for for the template's exact name, language and number of variables, then call send_template with them.",
  present: ({ data }, format, args) =>
    presentPage(
      data.filter((template) => isInLanguage(template?.language, args.language)),
      args,
      "template",
      format,
      summarizeTemplate,
    ),
});
