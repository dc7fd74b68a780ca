/**
 * What a step that sends a text does where WhatsApp's 24-hour window is closed, as its builder decides: stop, go on without
 * sending, or send a template. OnSync's refusal of the text is definite, so that a template after it is not a second message. Both go
 * under one reference: a replay, whether the window is open by then or not, comes upon the template and sends neither.
 */
import type { Bundle, PlainInputField, ZObject } from "zapier-platform-core";
import type { SentMessage } from "../../src/api/index.ts";
import { isErrorNamed, type WindowClosedError } from "../../src/client/index.ts";
import { runOperation } from "../../src/operations/operation.ts";
import { findRecipient } from "../../src/operations/recipient.ts";
import { replyToConversation } from "../../src/operations/reply-to-conversation.ts";
import { sendMessage } from "../../src/operations/send-message.ts";
import { sendTemplate } from "../../src/operations/send-template.ts";
import { createFieldBuilder } from "../input/field-builder.ts";
import { type InputData, readText } from "../input/input-data.ts";
import { readTemplateInput } from "../input/template-values.ts";
import { templateFields } from "../input/templates.ts";
import type { PerformContext } from "../perform.ts";
import { clientReferenceField } from "./client-reference.ts";
import type { Send } from "./send-once.ts";
import { sortEntries, toSend } from "./to-send.ts";

/** A message that was sent, or why none was. */
export type WindowAwareMessage = SentMessage & { alreadySent?: unknown; notSentReason?: string };

export const outsideWindowField: PlainInputField = {
  key: "outsideWindow",
  label: "Outside the 24-Hour Window",
  required: false,
  default: "stop",
  choices: [
    { value: "stop", sample: "stop", label: "Stop the Run" },
    { value: "continue", sample: "continue", label: "Continue Without Sending" },
    { value: "template", sample: "template", label: "Send a Template Instead" },
  ],
  altersDynamicFields: true,
  helpText:
    "What happens on WhatsApp where the customer's last message is more than 24 hours old and the text cannot be sent. The output Sent says whether a message went out.",
};

const templateField = createFieldBuilder(sendTemplate.input)("template", {
  dynamic: "template_list.id.name",
  altersDynamicFields: true,
  dependsOn: [outsideWindowField.key],
  helpText: "The approved template to send in place of the text. Its language and its variables follow.",
});

/** An input field function: the template's fields, where one is to be sent instead. */
export async function windowTemplateFields(z: ZObject, bundle: Bundle): Promise<PlainInputField[]> {
  if (readText(bundle.inputData, outsideWindowField.key) !== "template") return [];
  return [templateField, ...(await templateFields(z, bundle))];
}

type WindowAwareSend = Send<WindowAwareMessage>;
type RunArguments = Parameters<WindowAwareSend["run"]>;

/** What is to be known of a text beside its send. */
type Text = {
  send: WindowAwareSend;
  /** What is there to tell of it where it is not sent. */
  unsent: InputData;
  /** The customer's number; `undefined`: the text is for another platform than WhatsApp. */
  findNumber(...args: RunArguments): Promise<unknown>;
};

/** @param input of `send_message` */
export function toWindowAwareSend(input: InputData, context: PerformContext): WindowAwareSend {
  const { platform, to, content } = input;
  const findNumber = async () => (platform === "whatsapp" ? to : undefined);
  return addChoice({ send: toSend(sendMessage, input), unsent: { content, platform }, findNumber }, context);
}

/** @param input of `reply_to_conversation` */
export function toWindowAwareReply(input: InputData, context: PerformContext): WindowAwareSend {
  const { conversationId, content } = input;
  const findNumber = async (...[onsync, { signal }]: RunArguments) => {
    const { platform, to } = await findRecipient(onsync, String(conversationId), { signal });
    return platform === "whatsapp" ? to : undefined;
  };
  const unsent = { content, platform: "whatsapp", conversationId };
  return addChoice({ send: toSend(replyToConversation, input), unsent, findNumber }, context);
}

function addChoice(text: Text, context: PerformContext): WindowAwareSend {
  const { inputData } = context.bundle;
  const { message } = text.send;
  const choice = readText(inputData, outsideWindowField.key);
  if (choice === "continue") return { message, run: (...args) => continueUnsent(text, ...args) };
  if (choice !== "template") return text.send;
  const { [clientReferenceField.key]: _reference, ...filledIn } = inputData;
  return {
    message: [message, sortEntries(filledIn)],
    run: (...args) => sendTextOrTemplate(text, context, ...args),
  };
}

async function continueUnsent({ send, unsent }: Text, ...args: RunArguments): Promise<WindowAwareMessage> {
  try {
    return await send.run(...args);
  } catch (error) {
    if (!isErrorNamed(error, "WindowClosedError")) throw error;
    return { ...unsent, ...describeUnsent(error) } as WindowAwareMessage;
  }
}

function describeUnsent({ window }: WindowClosedError) {
  return {
    templateWindowStatus: window ?? { open: false },
    notSentReason: "The customer's last message is more than 24 hours old, so that WhatsApp takes templates only.",
  };
}

async function sendTextOrTemplate(
  { send, findNumber }: Text,
  context: PerformContext,
  ...[onsync, options]: RunArguments
): Promise<WindowAwareMessage> {
  try {
    return await send.run(onsync, options);
  } catch (error) {
    const isClosed = isErrorNamed(error, "WindowClosedError");
    // Another message has the reference: an earlier run's template, where it is this one's.
    const isConflict = isErrorNamed(error, "ReferenceConflictError") && options.clientReference !== undefined;
    const to = isClosed || isConflict ? await findNumber(onsync, options) : undefined;
    if (to === undefined) throw error;
    // After a refusal the reference is free, as the text was certainly not sent: nobody can have sent the template under it.
    if (isClosed) return sendTemplateInstead(to, context, onsync, { signal: options.signal });
    return sendTemplateInstead(to, context, onsync, options).catch((second: unknown) => {
      throw isErrorNamed(second, "ReferenceConflictError") ? error : second;
    });
  }
}

/** @param to the number of the text, as it was read */
async function sendTemplateInstead(to: unknown, context: PerformContext, ...[onsync, options]: RunArguments) {
  const input = await readTemplateInput(sendTemplate.input, context.bundle.inputData, context);
  return runOperation(sendTemplate, onsync, { ...input, to, platform: "whatsapp" }, options);
}
