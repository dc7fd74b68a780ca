import { createPagedDropdown } from "../zapier/input/dropdowns.ts";
import { contactRecord } from "../zapier/records/contact.ts";

export default createPagedDropdown("contact_list", "Contact", async (query, { onsync, signal }) => {
  const { data, nextCursor } = await onsync.contacts.list(query, { signal });
  const choices = data.map((contact) => {
    const { name, phone, email } = contactRecord.from(contact);
    return { id: contact.id, name: [name, phone ?? email].filter(Boolean).join(", ") || contact.id };
  });
  return { data: choices, nextCursor };
});
