/** Contacts: found by words, with what is known of each and what they have been doing. */
import { createContactCard } from "../contacts/card.js";
import { createContactList } from "../contacts/contact-list.js";
import { h } from "../dom.js";

export function contactsPage(page) {
  const contacts = createContactList();
  const detail = h("section", { class: "detail", "aria-label": "Contact" });
  const card = createContactCard(detail);
  page.classList.add("split");
  page.append(contacts.element, detail);

  return {
    show: async ([contactId]) => {
      contacts.mark(contactId);
      page.classList.toggle("has-detail", contactId !== undefined);
      await Promise.all([contacts.refresh(), card.show(contactId)]);
    },
    changed: async (kinds) => {
      if (!["conversation", "contact", "everything"].some((kind) => kinds.has(kind))) return;
      await Promise.all([contacts.refresh(), card.refresh()]);
    },
  };
}
