/** Fields to choose a record in, and the hidden triggers that fill their dropdowns. */
import type { PlainInputField, Trigger } from "zapier-platform-core";
import { isErrorNamed } from "../../src/client/index.ts";
import { createPlaceKeeper } from "../connection/cache.ts";
import { type PerformContext, perform } from "../perform.ts";

export const contactDropdown = {
  label: "Contact",
  dynamic: "contact_list.id.name",
  helpText:
    "Choose a contact, or map Contact ID from a trigger or an earlier Find Contact step. It begins with `contact_`: a name or a phone number is no id.",
} satisfies Partial<PlainInputField>;

export const conversationDropdown = {
  label: "Conversation",
  dynamic: "conversation_list.id.name",
  helpText:
    "Choose a conversation, or map Conversation ID from a trigger or an earlier step; never make one up. It is platform and address, such as `whatsapp:+971500000000`.",
} satisfies Partial<PlainInputField>;

type DropdownChoice = { id: string; name: string };

/** Choices of one page; the person can ask for the next, or type or map what is not among them. */
const maxChoices = 100;

/**
 * A hidden trigger. Where the API extension that it reads is missing, or the key may not read it, the dropdown is empty and
 * the field takes what is typed: a key with no more than an action needs can fill it in.
 */
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
          if (isErrorNamed(error, "ExtensionUnavailableError") || isErrorNamed(error, "PermissionError")) return [];
          throw error;
        }
      }),
    },
  };
}

type ChoicePage = { data: DropdownChoice[]; nextCursor: string | null };

/** A dropdown whose list has pages. Zapier asks for them by number and keeps the place between two of them. */
export function createPagedDropdown(
  key: string,
  noun: string,
  listPage: (query: { limit: number; cursor?: string }, context: PerformContext) => Promise<ChoicePage>,
): Trigger {
  const dropdown = createDropdown(key, noun, async (context) => {
    const place = createPlaceKeeper(context.z);
    const isFirst = !(Number(context.bundle.meta?.page) > 0);
    // A place that cannot be read is the end: the first page again would show every choice twice.
    const cursor = isFirst ? null : await place.get().catch(() => null);
    if (!isFirst && !cursor) return [];
    const { data, nextCursor } = await listPage({ limit: maxChoices, ...(cursor && { cursor }) }, context);
    // The end is kept, too, over the place that another list has left.
    await place.set(nextCursor ?? "").catch(() => undefined);
    return data;
  });
  return { ...dropdown, operation: { ...dropdown.operation, canPaginate: true } as Trigger["operation"] };
}
