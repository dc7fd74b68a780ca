/** Sentences that come up for a while and go. */
import { h, userText } from "../dom.js";
import { button } from "./button.js";

const plainMs = 4000;
/** What must be read, or may be taken back, stays longer. */
const longMs = 9000;

/**
 * @param text a sentence; of a list, the second part is what somebody else wrote
 * @param undo takes back what the sentence tells of
 */
export function toast(text, kind = "plain", { undo } = {}) {
  const [words, name] = [text].flat();
  const undoButton = undo && button("Undo", () => end(undo));
  const element = h("p", { class: `toast ${kind}` }, h("span", {}, words, name && userText(name)), undoButton);
  const end = (work) => {
    element.remove();
    work?.();
  };
  document.getElementById("toasts").append(element);
  let timer;
  const start = () => {
    timer = setTimeout(end, kind === "bad" || undo ? longMs : plainMs);
  };
  // Whoever stands on it has not decided yet.
  for (const type of ["pointerenter", "focusin"]) element.addEventListener(type, () => clearTimeout(timer));
  for (const type of ["pointerleave", "focusout"]) element.addEventListener(type, start);
  start();
}

/** Does it, and says in a sentence where it fails. */
export async function toastErrors(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message, "bad");
    return undefined;
  }
}
