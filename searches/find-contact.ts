import { samples } from "../src/api/samples/index.ts";
import { findContacts } from "../src/operations/find-contacts.ts";
import { toSearch } from "../zapier/action.ts";
import { createHaltedError } from "../zapier/errors.ts";
import { propertyFields, readContactKeys } from "../zapier/input/contact-fields.ts";
import { contactDropdown } from "../zapier/input/dropdowns.ts";
import { contactRecord } from "../zapier/records/contact.ts";

export default toSearch(findContacts, {
  key: "find_contact",
  noun: "Contact",
  label: "Find Contact",
  description: "Finds a contact by phone, email, external reference or id.",
  fields: (field) => [
    field("phone", {
      helpText:
        "The whole number, with the country code, from the trigger or an earlier step; never guess one. Fill in at least one field: those filled in must all match.",
    }),
    field("email", { helpText: "The whole address, from the trigger or an earlier step, in upper or lower case." }),
    { ...propertyFields.externalId, helpText: "The exact number or code in your own system, such as a CRM." },
    field("contactId", { ...contactDropdown, required: false }),
  ],
  readInput: readContactKeys,
  record: contactRecord,
  sample: samples.contact,
  readItems: ({ data, nextCursor }, { z }) => {
    // More than a page, and none of it asked for: the API does not search, and the contact may be further on.
    if (data.length === 0 && nextCursor !== null)
      throw createHaltedError(
        z,
        "OnSync answered with many other contacts: whether it has the one you look for cannot be told. Choose it in the Contact field instead.",
      );
    return data;
  },
  errors: {
    tooLittleInput: "Fill in at least one of Phone, Email, External Reference and Contact",
    withoutExtension:
      "This OnSync account cannot search by phone, email or reference. What still works: choose the contact in the Contact field, or use Create or Update Contact, which finds it by them.",
  },
});
