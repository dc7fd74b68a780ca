/** The palette: a field in which a person finds what can be done here, and whom one talks to. */
import { consoleApi, encodeId } from "../api.js";
import { getContactName } from "../contacts/name.js";
import { h, userText } from "../dom.js";
import { dialog } from "../elements/dialog.js";
import { searchInput } from "../lists/search-input.js";
import { platformName } from "../platforms.js";
import { findCommandsByWords } from "./find-command.js";

const maxFound = 6;

function go(hash) {
  location.hash = hash;
}

/** Conversations and contacts of this name, number or text. */
async function findPeople(query) {
  if (query === "") return [];
  const [conversations, contacts] = await Promise.all(
    ["conversations", "contacts"].map((list) => consoleApi.get(list, { query, limit: maxFound })),
  );
  return [
    ...conversations.data.map(({ id, name, address, platform }) => ({
      id,
      name: name ?? address,
      hint: `Conversation, ${platformName(platform)}`,
      run: () => go(`#/inbox/${encodeId(id)}`),
    })),
    ...contacts.data.map((contact) => ({
      id: contact.id,
      name: getContactName(contact),
      hint: "Contact",
      run: () => go(`#/contacts/${encodeId(contact.id)}`),
    })),
  ];
}

/** The field and its options, of which one is chosen: as ARIA has a combobox, the focus stays in the field. */
function createChoice(search, choose) {
  let options = [];
  let at = 0;
  const list = h("ul", { class: "palette-options", id: "palette-options", role: "listbox", "aria-label": "Found" });
  const input = searchInput("Search and commands", "Do something, or find somebody", () => search(input.value.trim()));
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
  })) {
    input.setAttribute(name, value);
  }

  const mark = (index) => {
    at = Math.max(0, Math.min(options.length - 1, index));
    for (const [place, element] of [...list.children].entries()) {
      element.setAttribute("aria-selected", String(place === at));
      if (place === at) element.scrollIntoView({ block: "nearest" });
    }
    const marked = list.children[at];
    if (marked) input.setAttribute("aria-activedescendant", marked.id);
    else input.removeAttribute("aria-activedescendant");
  };
  input.addEventListener("keydown", (event) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) mark(to);
    else if (event.key === "Enter" && options[at]) choose(options[at]);
    else return;
    event.preventDefault();
  });

  const toOption = (option, index) =>
    h(
      "li",
      { role: "option", id: `palette-option-${index}`, on: { click: () => choose(option) } },
      option.name === undefined ? h("span", {}, option.title) : userText(option.name),
      option.keys && h("kbd", {}, option.keys),
      option.hint && h("small", {}, option.hint),
    );
  return {
    elements: [input, list],
    show: (found) => {
      options = found;
      list.replaceChildren(...found.map(toOption));
      mark(0);
    },
  };
}

/** @param commands what can be done on this page */
export function openPalette(commands) {
  let asked = "";
  const element = dialog("Search and commands", (close) => {
    const choice = createChoice(search, ({ run }) => {
      close();
      run();
    });
    /** Commands at once, people as soon as they are found. */
    async function search(query) {
      asked = query;
      const found = findCommandsByWords(commands, query);
      choice.show(found);
      const people = await findPeople(query).catch(() => []);
      if (asked === query) choice.show([...found, ...people]);
    }
    search("");
    return choice.elements;
  });
  element.classList.add("palette");
}
