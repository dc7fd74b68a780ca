import { samples } from "../src/api/index.ts";
import { operations } from "../src/operations/index.ts";
import { toCreate } from "../zapier/action.ts";
import { readContactKeys } from "../zapier/input/contact-fields.ts";
import { contactDropdown } from "../zapier/input/dropdowns.ts";
import { taggedContactRecord } from "../zapier/records/index.ts";

export default toCreate(operations.remove_tags, {
  noun: "Tag",
  description: "Removes tags from a contact and keeps the others.",
  fields: (field) => [
    field("contactId", { ...contactDropdown, search: "find_contact.id" }),
    field("tags", {
      helpText:
        "One tag, or several with commas between them. With one in each row, a tag can have a comma in it. Those the contact does not have make no difference.",
    }),
  ],
  lock: "tags-{{bundle.inputData.contactId}}",
  readInput: readContactKeys,
  changesContact: true,
  record: taggedContactRecord,
  sample: { ...samples.contact, tags: ["lead"], changedTags: ["expo"], warning: null },
});
