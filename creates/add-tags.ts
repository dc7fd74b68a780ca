import { samples } from "../src/api/index.ts";
import { operations } from "../src/operations/index.ts";
import { createOf } from "../zapier/action.ts";
import { contactChoice } from "../zapier/input/dropdowns.ts";
import { taggedContactRecord } from "../zapier/records/index.ts";

export default createOf(operations.add_tags, {
  noun: "Tag",
  description: "Adds tags to a contact and keeps those it has.",
  fields: (field) => [
    field("contactId", { ...contactChoice, search: "find_contact.id" }),
    field("tags", { helpText: "One tag a line. Those the contact has already make no difference." }),
  ],
  lock: "tags-{{bundle.inputData.contactId}}",
  record: taggedContactRecord,
  sample: { ...samples.contact, changedTags: ["expo"], warning: null },
});
