/** Buttons. */
import { h } from "../dom.js";

export function button(label, onClick, { kind = "quiet", ...attributes } = {}) {
  return h("button", { type: "button", class: kind, on: { click: onClick }, ...attributes }, label);
}

export function copyButton(text, label = "Copy") {
  const element = button(label, async () => {
    const done = await navigator.clipboard.writeText(text).then(
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
