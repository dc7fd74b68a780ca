import * as z from "zod";
import { ContactWithActivity } from "../api/contact.ts";
import { ContactId } from "../api/fields.ts";
import { findContactByAddress } from "./contact-address.ts";
import { defineOperation } from "./operation.ts";

export const getContact = defineOperation({
  name: "get_contact",
  title: "Get Contact",
  description: "Returns a contact with its activity: last messages, message count and conversation ids.",
  input: z.strictObject({ contactId: ContactId }),
  output: ContactWithActivity,
  effect: "reads",
  scope: "read:contacts",
  toolsets: ["contacts"],
  leftOut: { zapier: "the search find_contact, by id" },
  run: async (onsync, { contactId }, context) => {
    const found = await findContactByAddress(onsync, contactId, "get_contact", context);
    return onsync.contacts.get(found?.id ?? contactId, context);
  },
});
