import { samples } from "../src/api/index.ts";
import { operations } from "../src/operations/index.ts";
import { toCreate } from "../zapier/action.ts";
import { contactDropdown } from "../zapier/input/dropdowns.ts";
import { taggedContactRecord } from "../zapier/records/index.ts";

export default toCreate(operations.remove_tags, {
  noun: "Tag",
  description: "Removes tags from a contact and keeps the others.",
  fields: (field) => [
    field("contactId", { ...contactDropdown, search: "find_contact.id" }),
    field("tags", { helpText: "One tag a line. Those the contact does not have make no difference." }),
  ],
  lock: "tags-{{bundle.inputData.contactId}}",
  changesContact: true,
  record: taggedContactRecord,
  sample: { ...samples.contact, tags: ["lead"], changedTags: ["expo"], warning: null },
});
