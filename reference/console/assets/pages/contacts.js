/** Contacts: found by words, with what is known of each and what they have been doing. */
import { id, own } from "../api.js";
import { createContactCard } from "../contacts/card.js";
import { contactName } from "../contacts/name.js";
import { h, keyed, redraw, roving, theirs } from "../dom.js";
import { avatar, button, empty, platformName } from "../parts.js";
import { refreshing } from "../refresh.js";

function contactItem({ current, ...contact }) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "item", href: `#/contacts/${id(contact.id)}`, "aria-current": current && "true" },
      avatar(contactName(contact)),
      h(
        "div",
        { class: "item-body" },
        h("div", { class: "item-head" }, theirs(contactName(contact), "strong")),
        h(
          "p",
          { class: "preview", dir: "auto" },
          contact.phone ?? contact.email ?? platformName(contact.channel ?? ""),
        ),
        contact.tags.length > 0 &&
          h(
            "p",
            { class: "item-foot" },
            contact.tags.slice(0, 4).map((tag) => h("bdi", { class: "chip" }, tag)),
          ),
      ),
    ),
  );
}

export function contactsPage(page) {
  let current;
  let found = { data: [], more: false };
  let limit = 50;
  let typing;

  const search = h("input", {
    type: "search",
    placeholder: "Name, phone or e-mail",
    "aria-label": "Search contacts",
    autocomplete: "off",
    on: {
      input: () => {
        clearTimeout(typing);
        typing = setTimeout(list, 120);
      },
    },
  });
  const items = h("ul", { class: "items" });
  const below = h("div");
  const place = h("section", { class: "detail", "aria-label": "Contact" });
  const card = createContactCard(place);
  const count = h("p", { class: "visually-hidden", role: "status" });
  roving(items, "a");

  page.classList.add("split");
  page.append(
    h(
      "section",
      { class: "master", "aria-label": "Contacts" },
      h("div", { class: "master-head" }, h("h1", {}, "Contacts")),
      h("div", { class: "master-act" }, search),
      count,
      items,
      below,
    ),
    place,
  );

  const draw = () => {
    keyed(
      items,
      found.data.map((contact) => ({ ...contact, current: contact.id === current })),
      (contact) => contact.id,
      contactItem,
    );
    redraw(below, { shown: found.data.length, more: found.more, words: search.value }, ({ shown, more, words }) => {
      if (shown === 0) {
        return words
          ? empty("Nobody found", "Every word must begin a word of the name, the phone number or the e-mail address.")
          : empty("No contacts yet", "They come with their first message, or through POST /v1/contacts.");
      }
      const further = button("Show more", () => {
        limit = 500;
        list();
      });
      further.hidden = !more || limit === 500;
      return further;
    });
    page.classList.toggle("has-detail", current !== undefined);
  };

  const list = refreshing(async () => {
    found = await own.get("contacts", { query: search.value.trim(), limit });
    const said = search.value.trim() && `${found.data.length}${found.more ? " or more" : ""} found`;
    if (count.textContent !== said) count.textContent = said;
    draw();
  });

  return {
    show: async ([contactId]) => {
      current = contactId;
      draw();
      await Promise.all([list(), card.show(contactId)]);
    },
    changed: async (kinds) => {
      if (!["conversation", "contact", "everything"].some((kind) => kinds.has(kind))) return;
      await Promise.all([list(), card.refresh()]);
    },
  };
}
