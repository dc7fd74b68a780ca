import * as z from "zod";
import { Contact, ContactInput } from "../api/contact.ts";
import { defineOperation } from "./operation.ts";
import {
  changeTags,
  findTagConflict,
  getTagChange,
  saveBeforeChange,
  tagChangeInput,
  tagChangeOutput,
} from "./tags.ts";

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
    const change = getTagChange({ addTags, removeTags });
    if (!change) return onsync.contacts.save(fields, context);
    const saved = await saveBeforeChange(onsync, () => onsync.contacts.save(fields, context));
    const { id, created } = saved.contact;
    return { ...(await changeTags(onsync, id, change, context, { saved })), created };
  },
});
