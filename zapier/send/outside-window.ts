/**
 * What Send Message does where WhatsApp's 24-hour window is closed, as its builder decides: stop, go on without sending, or
 * send a template. OnSync's refusal of the text is definite, so that a template after it is not a second message. Both go
 * under one reference: a replay, whether the window is open by then or not, comes upon the template and sends neither.
 */
import type { Bundle, PlainInputField, ZObject } from "zapier-platform-core";
import type { SentMessage } from "../../src/api/index.ts";
import { isErrorNamed, type OnSync, type WindowClosedError } from "../../src/client/index.ts";
import { operations, runOperation } from "../../src/operations/index.ts";
import { createFieldBuilder } from "../input/field-builder.ts";
import { type InputData, readText } from "../input/read-input.ts";
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

const templateField = createFieldBuilder(operations.send_template.input)("template", {
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

/** @param input of `send_message` */
export function toWindowAwareSend(input: InputData, context: PerformContext): Send<WindowAwareMessage> {
  const { inputData } = context.bundle;
  const text = toSend(operations.send_message, input);
  const choice = readText(inputData, outsideWindowField.key);
  if (choice === "continue") return { ...text, run: (...args) => continueUnsent(text, input, ...args) };
  if (choice !== "template") return text;
  const { [clientReferenceField.key]: _reference, ...filledIn } = inputData;
  return {
    message: [text.message, sortEntries(filledIn)],
    run: (...args) => sendTextOrTemplate(text, (...more) => sendTemplate(input, context, ...more), ...args),
  };
}

type RunArguments = Parameters<Send<WindowAwareMessage>["run"]>;

async function continueUnsent(
  text: Send<WindowAwareMessage>,
  { content, platform }: InputData,
  ...args: RunArguments
): Promise<WindowAwareMessage> {
  try {
    return await text.run(...args);
  } catch (error) {
    if (!isErrorNamed(error, "WindowClosedError")) throw error;
    return { content, platform, ...describeUnsent(error) } as WindowAwareMessage;
  }
}

function describeUnsent({ window }: WindowClosedError) {
  return {
    templateWindowStatus: window ?? { open: false },
    notSentReason: "The customer's last message is more than 24 hours old, so that WhatsApp takes templates only.",
  };
}

async function sendTextOrTemplate(
  text: Send<WindowAwareMessage>,
  sendInstead: Send<WindowAwareMessage>["run"],
  onsync: OnSync,
  options: RunArguments[1],
): Promise<WindowAwareMessage> {
  try {
    return await text.run(onsync, options);
  } catch (error) {
    // The reference is free again, as the text was certainly not sent: nobody can have sent the template under it.
    if (isErrorNamed(error, "WindowClosedError")) return sendInstead(onsync, { signal: options.signal });
    // Another message has the reference: an earlier run's template, where it is this one's.
    if (!isErrorNamed(error, "ReferenceConflictError") || options.clientReference === undefined) throw error;
    return sendInstead(onsync, options).catch((second: unknown) => {
      throw isErrorNamed(second, "ReferenceConflictError") ? error : second;
    });
  }
}

/** To the number of the text, as it was read. */
async function sendTemplate({ to }: InputData, context: PerformContext, ...[onsync, options]: RunArguments) {
  const { send_template: operation } = operations;
  const input = await readTemplateInput(operation.input, context.bundle.inputData, context);
  return runOperation(operation, onsync, { ...input, to, platform: "whatsapp" }, options);
}
