import * as z from "zod";
import { Contact, ContactInput } from "../api/index.ts";
import { defineOperation } from "./operation.ts";
import { changeTags, findTagConflict, getTagChange, tagChangeInput, tagChangeOutput } from "./tags.ts";

export const saveContact = defineOperation({
  name: "save_contact",
  title: "Create or Update Contact",
  description:
    "Creates a contact, or updates the one that has this phone, e-mail or properties.externalId. At least one of the three is needed. addTags and removeTags keep the other tags, tags replaces them all.",
  input: ContactInput.safeExtend(tagChangeInput).superRefine((input, context) => {
    const conflict = findTagConflict(input);
    if (conflict) context.addIssue({ code: "custom", ...conflict });
  }),
  output: z.looseObject({
    ...Contact.shape,
    ...tagChangeOutput,
    created: z.boolean().nullable().meta({
      title: "Created",
      description: "True when new, false when updated, null when a lost answer hides which.",
    }),
  }),
  effect: "writes",
  scope: "write:contacts",
  toolsets: ["contacts"],
  leftOut: {},
  run: async (onsync, { addTags, removeTags, ...fields }, context) => {
    const saved = await onsync.contacts.save(fields, context);
    const change = getTagChange({ addTags, removeTags });
    return change ? { ...(await changeTags(onsync, saved.id, change, context)), created: saved.created } : saved;
  },
});
