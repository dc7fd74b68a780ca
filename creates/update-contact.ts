import { samples } from "../src/api/samples/index.ts";
import { updateContact } from "../src/operations/update-contact.ts";
import { toCreate } from "../zapier/action.ts";
import { clearableFields } from "../zapier/contacts/clearable-fields.ts";
import {
  contactGroups,
  createDetailFields,
  groupContactFields,
  propertyFields,
  readContactInput,
} from "../zapier/input/contact-fields.ts";
import { contactDropdown } from "../zapier/input/dropdowns.ts";
import { contactRecord } from "../zapier/records/contact.ts";

export default toCreate(updateContact, {
  noun: "Contact",
  description: "Updates the fields of a contact that are filled in, and leaves the others.",
  groups: contactGroups,
  fields: (field) =>
    groupContactFields([
      field("contactId", { ...contactDropdown, search: "find_contact.id" }),
      field("phone", {
        helpText: "With the country code, as in `+971 50 000 0000`. It must not belong to another contact.",
      }),
      field("email", { helpText: "It must not belong to another contact." }),
      propertyFields.externalId,
      ...createDetailFields(field),
      field("clear", {
        choices: clearableFields,
        helpText:
          "Fields to empty. A field above that is left blank keeps its value. For another property, write `properties.` and its name.",
      }),
    ]),
  readInput: readContactInput,
  changesContact: true,
  record: contactRecord,
  sample: samples.updatedContact,
});
