import { samples } from "../src/api/samples/index.ts";
import { runOperation } from "../src/operations/operation.ts";
import { saveContact } from "../src/operations/save-contact.ts";
import { toCreate } from "../zapier/action.ts";
import { createAfterSearch, isAfterSearch } from "../zapier/contacts/create-after-search.ts";
import {
  contactGroups,
  createDetailFields,
  groupContactFields,
  propertyFields,
  readContactInput,
} from "../zapier/input/contact-fields.ts";
import { savedContactRecord } from "../zapier/records/contact.ts";

export default toCreate(saveContact, {
  noun: "Contact",
  description: "Creates a contact, or updates the one with the same phone, email or external reference.",
  groups: contactGroups,
  fields: (field) =>
    groupContactFields([
      field("phone", {
        helpText:
          "With the country code, as in `+971 50 000 0000`. OnSync finds contacts by phone, email and external reference: give at least one of them, as your form or CRM has it; never guess one.",
      }),
      field("email", { helpText: "The address the customer gave. Upper and lower case make no difference." }),
      propertyFields.externalId,
      ...createDetailFields(field),
    ]),
  readInput: readContactInput,
  run: (input, context) =>
    isAfterSearch(context)
      ? createAfterSearch(input, context)
      : runOperation(saveContact, context.onsync, input, { signal: context.signal }),
  changesContact: true,
  record: savedContactRecord,
  sample: { ...samples.contact, created: true },
  errors: {
    tooLittleInput: "Fill in at least one of Phone, Email and External Reference: OnSync finds contacts by them",
  },
});
