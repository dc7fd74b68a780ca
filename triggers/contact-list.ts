import { dropdown, mostChoices } from "../zapier/input/dropdowns.ts";
import { contactRecord } from "../zapier/records/index.ts";

export default dropdown("contact_list", "Contact", async ({ onsync, signal }) => {
  const { data } = await onsync.contacts.list({ limit: mostChoices }, { signal });
  return data.map((contact) => {
    const { name, phone, email } = contactRecord.of(contact);
    return { id: contact.id, name: [name, phone ?? email].filter(Boolean).join(", ") || contact.id };
  });
});
