/** Buttons. */
import { h } from "../dom.js";
import { toastErrors } from "./toast.js";

export function button(label, onClick, { kind = "quiet", ...attributes } = {}) {
  return h("button", { type: "button", class: kind, on: { click: onClick }, ...attributes }, label);
}

/** @param text what is copied, or a function that gives it when it is wanted; where it cannot, it says why */
export function copyButton(text, label = "Copy") {
  const element = button(label, async () => {
    const copied = await toastErrors(() => (typeof text === "function" ? text() : text));
    if (copied === undefined) return;
    const done = await navigator.clipboard.writeText(copied).then(
      () => true,
      () => false,
    );
    element.textContent = done ? "Copied" : "Select it and copy";
    setTimeout(() => {
      element.textContent = label;
    }, 2000);
  });
  return element;
}
