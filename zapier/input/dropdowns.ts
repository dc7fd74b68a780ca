/** Fields to choose a record in, and the hidden triggers that fill their dropdowns. */
import type { PlainInputField, Trigger } from "zapier-platform-core";
import { isErrorNamed } from "../../src/client/index.ts";
import { type PerformContext, perform } from "../perform.ts";

export const contactDropdown = {
  label: "Contact",
  dynamic: "contact_list.id.name",
  helpText: "Choose a contact, or map its id from an earlier step.",
} satisfies Partial<PlainInputField>;

export const conversationDropdown = {
  label: "Conversation",
  dynamic: "conversation_list.id.name",
  helpText:
    "Choose a conversation, or map its id from an earlier step: platform and address, such as `whatsapp:+971500000000`.",
} satisfies Partial<PlainInputField>;

export type DropdownChoice = { id: string; name: string };

/** Choices a dropdown shows; the person can type or map what is not among them. */
export const maxChoices = 100;

/** A hidden trigger. Without the API extension it reads, the dropdown is empty and the field takes what is typed. */
export function createDropdown(
  key: string,
  noun: string,
  listChoices: (context: PerformContext) => Promise<DropdownChoice[]>,
): Trigger {
  return {
    key,
    noun,
    display: {
      label: `${noun} List`,
      description: `Triggers when the dropdown of a ${noun.toLowerCase()} field is opened.`,
      hidden: true,
    },
    operation: {
      perform: perform(async (context) => {
        try {
          return await listChoices(context);
        } catch (error) {
          if (isErrorNamed(error, "ExtensionUnavailableError")) return [];
          throw error;
        }
      }),
    },
  };
}
