/** A field for words to search a list for. */
import { h } from "../dom.js";

/** Whoever types on is not searched for yet. */
export const typingPauseMs = 120;

/** @param changed is called when other words are searched for */
export function searchInput(label, placeholder, changed) {
  let typing;
  return h("input", {
    type: "search",
    placeholder,
    "aria-label": label,
    autocomplete: "off",
    on: {
      input: () => {
        clearTimeout(typing);
        typing = setTimeout(changed, typingPauseMs);
      },
    },
  });
}
