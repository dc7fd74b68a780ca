import * as z from "zod";
import { Contact, ContactInput } from "../api/index.ts";
import { defineOperation } from "./operation.ts";

export const saveContact = defineOperation({
  name: "save_contact",
  title: "Create or Update Contact",
  description:
    "Creates a contact, or updates the one that has this phone, e-mail or properties.externalId. At least one of the three is needed. Tags given replace the contact's tags.",
  input: ContactInput,
  output: z.looseObject({
    ...Contact.shape,
    created: z.boolean().nullable().meta({
      title: "Created",
      description: "True when new, false when updated, null when a lost answer hides which.",
    }),
  }),
  effect: "writes",
  scope: "write:contacts",
  toolsets: ["contacts"],
  leftOut: {},
  run: (onsync, input, context) => onsync.contacts.save(input, context),
});
