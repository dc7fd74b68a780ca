/** The contacts that carry a tag, for the prompt that follows them up. The API cannot search by tag: its list is read. */
import * as z from "zod";
import { type Contact, Contact as ContactSchema } from "../../src/api/index.ts";
import { defineOperation } from "../../src/operations/operation.ts";
import { summarizeContact } from "../answers/summaries.ts";
import { defineTool } from "../tools/tool.ts";

/** How many contacts are looked through: five requests of the org's hourly budget. */
const maxRead = 500;
const maxShown = 20;

export const taggedContacts = defineTool(
  defineOperation({
    name: "tagged_contacts",
    title: "Contacts with a Tag",
    description: "Finds the newest contacts that carry a tag.",
    input: z.strictObject({ tag: z.string().min(1).max(100) }),
    output: z.looseObject({ data: z.array(ContactSchema), complete: z.boolean() }),
    effect: "reads",
    scope: "read:contacts",
    extension: "listContacts",
    toolsets: ["contacts"],
    leftOut: { mcp: "the prompt follow_up_leads runs it", zapier: "the search find_contact" },
    run: async (onsync, { tag }, context) => {
      const lowerCaseTag = tag.trim().toLocaleLowerCase();
      const data: Contact[] = [];
      let read = 0;
      for await (const contact of onsync.contacts.iterate({ limit: 100 }, context)) {
        if (read === maxRead || data.length === maxShown) return { data, complete: false };
        read++;
        if (contact.tags?.some((each) => String(each).toLocaleLowerCase() === lowerCaseTag)) data.push(contact);
      }
      return { data, complete: true };
    },
  }),
  {
    withoutExtension: "Ask the person you work for for the contacts' ids, phones or emails.",
    present: ({ data, complete }, format) => {
      const { shown, more } = format.take(data, format.maxRows);
      const rows = shown.map((contact) => summarizeContact(contact, format));
      return {
        data: { data: rows.map((row) => row.data), complete: complete && more === 0 },
        text: [
          rows.length === 0 ? "No contact carries the tag." : `Contacts with the tag: ${rows.length}`,
          ...rows.map(({ line }) => `- ${line}`),
          more > 0 && `${more} more are not shown.`,
          !complete &&
            `There may be more: the ${maxRead} newest contacts were read, and at most ${maxShown} are shown.`,
        ]
          .filter(Boolean)
          .join("\n"),
      };
    },
  },
);
