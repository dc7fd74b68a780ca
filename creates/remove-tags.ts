import { samples } from "../src/api/samples/index.ts";
import { removeTags } from "../src/operations/tags.ts";
import { toCreate } from "../zapier/action.ts";
import { readContactKeys } from "../zapier/input/contact-fields.ts";
import { contactDropdown } from "../zapier/input/dropdowns.ts";
import { taggedContactRecord } from "../zapier/records/contact.ts";

export default toCreate(removeTags, {
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
