import { samples } from "../src/api/index.ts";
import { operations } from "../src/operations/index.ts";
import { createOf } from "../zapier/action.ts";
import { contactChoice } from "../zapier/input/dropdowns.ts";
import { taggedContactRecord } from "../zapier/records/index.ts";

export default createOf(operations.remove_tags, {
  noun: "Tag",
  description: "Removes tags from a contact and keeps the others.",
  fields: (field) => [
    field("contactId", { ...contactChoice, search: "find_contact.id" }),
    field("tags", { helpText: "One tag a line. Those the contact does not have make no difference." }),
  ],
  lock: "tags-{{bundle.inputData.contactId}}",
  record: taggedContactRecord,
  sample: { ...samples.contact, tags: ["lead"], changedTags: ["expo"], warning: null },
});
