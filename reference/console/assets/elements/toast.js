/** Sentences that come up for a while and go. */
import { h } from "../dom.js";

export function toast(text, kind = "plain") {
  const element = h("p", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(element);
  setTimeout(() => element.remove(), kind === "bad" ? 9000 : 4000);
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
