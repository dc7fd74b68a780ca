/** The palette: a field in which a person finds what can be done here, and whom one talks to. */
import { consoleApi, encodeId } from "../api.js";
import { getContactName } from "../contacts/name.js";
import { h, userText } from "../dom.js";
import { dialog } from "../elements/dialog.js";
import { typingPauseMs } from "../lists/search-input.js";
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

/** @param changed is given what is asked for now */
function paletteInput(changed) {
  const input = h("input", {
    type: "search",
    placeholder: "Do something, or find somebody",
    "aria-label": "Search and commands",
    autocomplete: "off",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "palette-options",
    "aria-autocomplete": "list",
    on: { input: () => changed(input.value.trim()) },
  });
  return input;
}

/** The field and its options, of which one is chosen: as ARIA has a combobox, the focus stays in the field. */
function createChoice(search, choose) {
  let options = [];
  let at = 0;
  /** Enter was pressed before anything was found. */
  let isAwaited = false;
  const list = h("ul", { class: "palette-options", id: "palette-options", role: "listbox", "aria-label": "Found" });
  const input = paletteInput((query) => {
    isAwaited = false;
    search(query);
  });

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
    // An input method's own keys choose among its words.
    if (event.isComposing) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) mark(to);
    else if (event.key === "Enter") {
      if (options[at]) choose(options[at]);
      else isAwaited = true;
    } else return;
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
    /** @param index which of them is chosen; left out, the one that was */
    show: (found, index = at) => {
      options = found;
      list.replaceChildren(...found.map(toOption));
      mark(index);
      if (isAwaited && found.length > 0) choose(found[0]);
    },
  };
}

/** @param commands what can be done on this page */
export function openPalette(commands) {
  /** `undefined`: the palette was left. */
  let asked;
  const element = dialog("Search and commands", (close) => {
    const choice = createChoice(search, ({ run }) => {
      close();
      run();
    });
    /** Commands at once, people as soon as they are found. */
    async function search(query) {
      asked = query;
      const found = findCommandsByWords(commands, query);
      choice.show(found, 0);
      await new Promise((resolve) => setTimeout(resolve, typingPauseMs));
      const people = asked === query ? await findPeople(query).catch(() => []) : [];
      if (asked === query) choice.show([...found, ...people]);
    }
    search("");
    return choice.elements;
  });
  element.classList.add("palette");
  element.addEventListener("close", () => {
    asked = undefined;
  });
}
