/** The contacts on the left, found by words. */
import { consoleApi } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { addRovingTabindex, h, renderIfChanged, renderList } from "../dom.js";
import { button } from "../elements/button.js";
import { empty } from "../elements/display.js";
import { contactItem } from "./contact-item.js";

const firstPage = 50;
const maxContacts = 500;
/** Whoever types on is not searched for yet. */
const typingPauseMs = 120;

/** @param changed is called when other words are searched for */
function searchInput(changed) {
  let typing;
  return h("input", {
    type: "search",
    placeholder: "Name, phone or e-mail",
    "aria-label": "Search contacts",
    autocomplete: "off",
    on: {
      input: () => {
        clearTimeout(typing);
        typing = setTimeout(changed, typingPauseMs);
      },
    },
  });
}

function noContacts(words) {
  return words
    ? empty("Nobody found", "Every word must begin a word of the name, the phone number or the e-mail address.")
    : empty("No contacts yet", "They come with their first message, or through POST /v1/contacts.");
}

export function createContactList() {
  let current;
  let found = { data: [], more: false };
  let limit = firstPage;
  const search = searchInput(() => refresh());
  const items = h("ul", { class: "items" });
  const below = h("div");
  const count = h("p", { class: "visually-hidden", role: "status" });
  addRovingTabindex(items, "a");

  const showMore = (more) => {
    const element = button("Show more", () => {
      limit = maxContacts;
      refresh();
    });
    element.hidden = !more || limit === maxContacts;
    return element;
  };

  const draw = () => {
    renderList(
      items,
      found.data.map((contact) => ({ ...contact, current: contact.id === current })),
      (contact) => contact.id,
      contactItem,
    );
    const state = { shown: found.data.length, more: found.more, words: search.value };
    renderIfChanged(below, state, ({ shown, more, words }) => (shown === 0 ? noContacts(words) : showMore(more)));
  };

  const refresh = coalesceCalls(async () => {
    found = await consoleApi.get("contacts", { query: search.value.trim(), limit });
    const text = search.value.trim() && `${found.data.length}${found.more ? " or more" : ""} found`;
    if (count.textContent !== text) count.textContent = text;
    draw();
  });

  const element = h(
    "section",
    { class: "master", "aria-label": "Contacts" },
    h("div", { class: "master-head" }, h("h1", {}, "Contacts")),
    h("div", { class: "master-act" }, search),
    count,
    items,
    below,
  );
  return {
    element,
    refresh,
    /** Marks the one that is looked at. */
    mark: (contactId) => {
      current = contactId;
      draw();
    },
  };
}
