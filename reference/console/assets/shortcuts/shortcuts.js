/** Keys that do something without a pointer: those of the page, Ctrl K for the palette, and ? for a list of them. */
import { h } from "../dom.js";
import { dialog } from "../elements/dialog.js";
import { createStoredMap } from "../stored.js";
import { findCommandByKey } from "./find-command.js";
import { openPalette } from "./palette.js";

/** Of the browser, whichever org is looked at. */
const settings = createStoredMap("settings", 20, undefined, () => undefined);
const singleKeys = "single keys";

function isOn() {
  return settings.get(singleKeys) !== false;
}

function openHelp(commands) {
  const lines = [
    ...commands.filter(({ keys }) => keys).map(({ keys, title }) => [keys, title]),
    ["Ctrl K", "Search and commands"],
    ["Ctrl Enter", "Send what was written"],
    ["Esc", "Leave the box to write in; close a dialog"],
  ];
  // Who speaks to the computer, or rests a hand on the keys, would set them off.
  const toggle = h("input", {
    type: "checkbox",
    checked: isOn(),
    on: { change: ({ target }) => settings.set(singleKeys, target.checked) },
  });
  dialog("Keyboard shortcuts", () => [
    h(
      "dl",
      { class: "keys" },
      lines.map(([keys, title]) => h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, title))),
    ),
    h("label", { class: "check" }, toggle, h("span", {}, "Single keys do something")),
  ]);
}

/**
 * @param listCommands gives what can be done on the page that is shown
 * @param button opens the palette, too
 */
export function watchShortcuts(listCommands, button) {
  const listAll = () => [...listCommands(), { keys: "?", title: "Keyboard shortcuts", run: () => openHelp(listAll()) }];
  button.addEventListener("click", () => openPalette(listAll()));
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key?.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      openPalette(listAll());
      return;
    }
    const command = isOn() ? findCommandByKey(listAll(), event) : undefined;
    if (!command) return;
    event.preventDefault();
    command.run();
  });
}
