/** The contacts on the left. */
import { consoleApi, encodeId } from "../api.js";
import { h } from "../dom.js";
import { button } from "../elements/button.js";
import { empty } from "../elements/display.js";
import { createListView } from "../lists/list-view.js";
import { searchInput } from "../lists/search-input.js";
import { makeContact } from "./contact-form.js";
import { contactItem } from "./contact-item.js";

function openContact(contactId) {
  location.hash = `#/contacts/${encodeId(contactId)}`;
}

export function createContactList() {
  const words = searchInput("Search contacts", "Name, phone or e-mail", () => view.search());
  const isNarrowed = () => words.value.trim() !== "";
  const view = createListView({
    title: { page: "Contacts", list: "Contacts" },
    action: button("New contact", () => makeContact(openContact)),
    filters: {
      element: h("search", { class: "filters" }, words),
      read: () => ({ query: words.value.trim() }),
      isNarrowed,
    },
    readPage: (filter, page) => consoleApi.get("contacts", { ...filter, ...page }),
    describe: () => ({}),
    renderItem: contactItem,
    renderNone: () =>
      isNarrowed()
        ? empty("Nobody found", "Every word must begin a word of the name, the phone number or the e-mail address.")
        : empty("No contacts yet", "They come with their first message, or through POST /v1/contacts."),
    open: openContact,
  });
  return {
    ...view,
    focusSearch: () => words.focus(),
    /** One that changed may be found by other words now, anywhere in the list. */
    refresh: (ids) => view.refresh(isNarrowed() && ids?.length > 0 ? undefined : ids),
  };
}
