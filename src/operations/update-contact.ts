import * as z from "zod";
import { Contact, ContactId, ContactPatch } from "../api/index.ts";
import { defineOperation } from "./operation.ts";

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
    "Changes the fields given and leaves the others. Tags given replace the contact's tags. Properties are merged.",
  input: z.strictObject({ contactId: ContactId, ...ContactPatch.shape, clear: Clear.optional() }),
  output: Contact,
  effect: "writes",
  scope: "write:contacts",
  toolsets: ["contacts"],
  leftOut: {},
  run: (onsync, { contactId, clear = [], properties, ...patch }, context) => {
    const fields = clear.filter((field) => !field.startsWith("properties."));
    const keys = clear
      .filter((field) => field.startsWith("properties."))
      .map((field) => field.slice("properties.".length));
    return onsync.contacts.update(
      contactId,
      {
        ...patch,
        ...Object.fromEntries(fields.map((field) => [field, null])),
        ...(properties !== undefined && { properties }),
        ...(keys.length > 0 && {
          properties: { ...properties, ...Object.fromEntries(keys.map((key) => [key, null])) },
        }),
      },
      context,
    );
  },
});
