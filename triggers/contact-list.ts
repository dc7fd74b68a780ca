import { createDropdown, maxChoices } from "../zapier/input/dropdowns.ts";
import { contactRecord } from "../zapier/records/index.ts";

export default createDropdown("contact_list", "Contact", async ({ onsync, signal }) => {
  const { data } = await onsync.contacts.list({ limit: maxChoices }, { signal });
  return data.map((contact) => {
    const { name, phone, email } = contactRecord.from(contact);
    return { id: contact.id, name: [name, phone ?? email].filter(Boolean).join(", ") || contact.id };
  });
});
