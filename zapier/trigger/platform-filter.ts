/** The filter by channel, which every trigger on messages and conversations has. */
import type { PlainInputField } from "zapier-platform-core";
import { platforms } from "../../src/api/values/checks.ts";
import { parseConversationId } from "../../src/api/values/conversation-id.ts";
import { toChoices } from "../input/choices.ts";
import { type InputData, readText } from "../input/input-data.ts";

export function createPlatformField(what: "messages" | "conversations"): PlainInputField {
  return {
    key: "platform",
    label: "Platform",
    required: false,
    choices: toChoices(platforms),
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
