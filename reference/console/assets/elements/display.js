/** Small elements that only show something. */
import { h } from "../dom.js";

export function chip(text, kind = "plain") {
  return h("span", { class: `chip ${kind}` }, text);
}

export function toStatusKind(status) {
  return status === null ? "bad" : status < 300 ? "good" : status < 500 ? "warn" : "bad";
}

function toInitials(name) {
  return name
    .replace(/^\+/, "")
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}

/** A person's initials, on one of six quiet tones, the same each time. */
export function avatar(name) {
  const tone = [...name].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 997, 7) % 6;
  return h("span", { class: `avatar tone-${tone}`, "aria-hidden": "true" }, toInitials(name));
}

export function empty(title, text, ...more) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), text && h("p", {}, text), ...more);
}

/** Code or data in a box that scrolls, and can be reached by keyboard for that. */
export function block(text, label) {
  return h("pre", { tabindex: "0", role: "region", "aria-label": label }, h("code", {}, text));
}

/** Facts: name and value. */
export function facts(entries) {
  return h(
    "dl",
    { class: "facts" },
    entries.filter(Boolean).map(([name, ...value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}
