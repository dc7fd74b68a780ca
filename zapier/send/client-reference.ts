/** The field in which a Zap gives a message a reference of its own. */
import type { PlainInputField } from "zapier-platform-core";
import { type InputData, readText } from "../input/input-data.ts";

export const clientReferenceField: PlainInputField = {
  key: "clientReference",
  label: "Client Reference",
  required: false,
  helpText:
    "Something of your own that this one message has alone, such as the order's number and what the message says: `order-10482-shipped`, not `order-10482`. For a week the message is sent once only, however often the Zap runs; another text with the same reference is refused. The API key needs `read:messages` for that.",
  placeholder: "order-10482-shipped",
};

/** Without the white space around it; one that is blank is none. */
export function readClientReference(inputData: InputData): string | undefined {
  return readText(inputData, clientReferenceField.key)?.trim() || undefined;
}
