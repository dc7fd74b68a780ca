import * as z from "zod";
import { Contact, ContactPatch } from "../api/contact.ts";
import { ContactId } from "../api/fields.ts";
import { findContactByAddress } from "./contact-address.ts";
import { defineOperation } from "./operation.ts";
import { changeTags, findTagConflict, getTagChange, tagChangeInput, tagChangeOutput } from "./tags.ts";

const clearable = ["firstName", "lastName", "phone", "email", "tags", "channel"] as const;

/** A field to empty: one of the contact's own, or `properties.` and a key. */
const Clear = z
  .array(
    z.string().refine((field) => (clearable as readonly string[]).includes(field) || /^properties\../.test(field), {
      error: `must be one of ${clearable.join(", ")}, or properties. and a key`,
    }),
  )
  .meta({
    title: "Fields to Clear",
    description: `Fields to empty: ${clearable.join(", ")}, or properties. and a key.`,
    examples: [["lastName", "properties.source"]],
  });

export const updateContact = defineOperation({
  name: "update_contact",
  title: "Update Contact",
  description:
    "Changes the fields given and leaves the others. addTags and removeTags keep the other tags, tags replaces them all. Properties are merged.",
  input: z
    .strictObject({ contactId: ContactId, ...ContactPatch.shape, ...tagChangeInput, clear: Clear.optional() })
    .superRefine((input, context) => {
      const conflict = findTagConflict(input);
      if (conflict) context.addIssue({ code: "custom", ...conflict });
    }),
  output: z.looseObject({ ...Contact.shape, ...tagChangeOutput }),
  effect: "writes",
  scope: "write:contacts",
  toolsets: ["contacts"],
  leftOut: {},
  run: async (onsync, { contactId, clear = [], properties, addTags, removeTags, ...fields }, context) => {
    const cleared = clear.filter((field) => !field.startsWith("properties."));
    const keys = clear
      .filter((field) => field.startsWith("properties."))
      .map((field) => field.slice("properties.".length));
    const patch = {
      ...fields,
      ...Object.fromEntries(cleared.map((field) => [field, null])),
      ...(properties !== undefined && { properties }),
      ...(keys.length > 0 && {
        properties: { ...properties, ...Object.fromEntries(keys.map((key) => [key, null])) },
      }),
    };
    const change = getTagChange({ addTags, removeTags });
    // Its id alone is taken from the list: a list may lag, and tags are changed by what they are now.
    const id = (await findContactByAddress(onsync, contactId, "update_contact", context))?.id ?? contactId;
    return change ? changeTags(onsync, id, change, context, { patch }) : onsync.contacts.update(id, patch, context);
  },
});
