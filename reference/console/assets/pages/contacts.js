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
      await Promise.all([card.show(contactId), contacts.refresh([])]);
    },
    changed: async (kinds, changes) => {
      if (kinds.has("everything")) await Promise.all([contacts.refresh(), card.refresh()]);
      if (!["conversation", "contact"].some((kind) => kinds.has(kind))) return;
      const touched = changes.flatMap(({ kind, id }) => (kind === "contact" ? [id] : []));
      await Promise.all([touched.length > 0 && contacts.refresh(touched), card.refresh()]);
    },
    commands: () => [
      { keys: "j", title: "Next contact", repeats: true, run: () => contacts.step(1) },
      { keys: "k", title: "Previous contact", repeats: true, run: () => contacts.step(-1) },
      { keys: "/", title: "Search contacts", run: contacts.focusSearch },
      { keys: "e", title: "Edit the contact", run: card.edit },
    ],
  };
}
