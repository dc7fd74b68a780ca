/** The filter by channel, which every trigger on messages and conversations has. */
import type { PlainInputField } from "zapier-platform-core";
import { Platform, parseConversationId } from "../../src/api/index.ts";
import { toChoices } from "../input/field-builder.ts";
import { type InputData, readText } from "../input/read-input.ts";

export function createPlatformField(what: "messages" | "conversations"): PlainInputField {
  return {
    key: "platform",
    label: "Platform",
    required: false,
    choices: toChoices(Platform.options),
    helpText: `Only ${what} on this channel. Leave it empty for all.`,
  };
}

/** @param platform where the object names it; else it is read from the conversation's id */
export function isOnPlatform(
  platform: string | null | undefined,
  conversationId: string,
  inputData: InputData,
): boolean {
  const wanted = readText(inputData, "platform");
  return wanted === undefined || wanted === (platform ?? parseConversationId(conversationId)?.platform);
}
