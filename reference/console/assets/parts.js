/** Small parts that several pages are made of. */
import { h } from "./dom.js";

export const platformNames = {
  whatsapp: "WhatsApp",
  instagram: "Instagram",
  facebook: "Facebook",
  telegram: "Telegram",
};

export function platformName(platform) {
  return platformNames[platform] ?? platform;
}

export function chip(text, kind = "plain") {
  return h("span", { class: `chip ${kind}` }, text);
}

export function statusKind(status) {
  return status === null ? "bad" : status < 300 ? "good" : status < 500 ? "warn" : "bad";
}

function initials(name) {
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
  return h("span", { class: `avatar tone-${tone}`, "aria-hidden": "true" }, initials(name));
}

export function empty(title, text, ...more) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), text && h("p", {}, text), ...more);
}

export function toast(text, kind = "plain") {
  const element = h("p", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(element);
  setTimeout(() => element.remove(), kind === "bad" ? 9000 : 4000);
}

/** Does it, and says in a sentence where it fails. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message, "bad");
    return undefined;
  }
}

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

/** Code or data in a box that scrolls, and can be reached by keyboard for that. */
export function block(text, label) {
  return h("pre", { tabindex: "0", role: "region", "aria-label": label }, h("code", {}, text));
}

/** `label` with its control; `help` beneath, and what {@link form} finds wrong with it. */
export function field(label, control, help) {
  const controlId = `field-${crypto.randomUUID()}`;
  control.id = controlId;
  const note = help && h("p", { class: "help", id: `${controlId}-help` }, help);
  const finding = h("p", { class: "failure finding", id: `${controlId}-finding` });
  control.setAttribute("aria-describedby", note ? `${note.id} ${finding.id}` : finding.id);
  return h("div", { class: "field" }, h("label", { for: controlId }, label), control, note, finding);
}

export function select(options, value, attributes = {}) {
  const element = h(
    "select",
    attributes,
    options.map(([each, label]) => h("option", { value: each }, label)),
  );
  element.value = value;
  return element;
}

/** Facts: name and value. */
export function facts(entries) {
  return h(
    "dl",
    { class: "facts" },
    entries.filter(Boolean).map(([name, ...value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

/** A dialog with a title; `fill(close)` gives what is in it. Closed by Escape, too. */
export function dialog(title, fill) {
  const close = () => element.close();
  const element = h(
    "dialog",
    { "aria-labelledby": "dialog-title", on: { close: () => element.remove() } },
    h("h2", { id: "dialog-title" }, title),
  );
  element.append(...[fill(close)].flat());
  document.body.append(element);
  element.showModal();
  return element;
}

/** Asks before something that cannot be taken back, in a paragraph or several. */
export function confirmed(title, text, yes) {
  return new Promise((resolve) => {
    const element = dialog(title, (close) => [
      ...[text].flat().map((paragraph) => h("p", {}, paragraph)),
      h(
        "div",
        { class: "buttons" },
        button(
          yes,
          () => {
            resolve(true);
            close();
          },
          { kind: "danger" },
        ),
        // What a hasty Enter does.
        button("Cancel", close, { autofocus: true }),
      ),
    ]);
    element.addEventListener("close", () => resolve(false));
  });
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Says what is wrong with a field beside it. @returns whether it could */
function showFinding(element, { path: [name], message }) {
  const control = [...element.elements].find((each) => each.name !== "" && each.name === name);
  const finding = control?.parentElement.querySelector(".finding");
  if (!finding) return false;
  finding.textContent = sentence(message);
  control.setAttribute("aria-invalid", "true");
  return true;
}

function clearFindings(element) {
  for (const control of element.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  for (const finding of element.querySelectorAll(".finding")) finding.textContent = "";
}

/**
 * A form that is not sent anywhere: `submit` does it. What the server finds wrong is said beside the field of that name
 * (`details` of the error), all else beside the button.
 */
export function form(submit, { label, kind = "primary" }, ...children) {
  const failure = h("p", { class: "failure", role: "alert" });
  const send = h("button", { type: "submit", class: kind }, label);
  const element = h(
    "form",
    {
      novalidate: true,
      on: {
        submit: async (event) => {
          event.preventDefault();
          failure.textContent = "";
          clearFindings(element);
          send.disabled = true;
          try {
            await submit(element);
          } catch (error) {
            const { details = [], message } = error;
            const placed = details.filter((finding) => showFinding(element, finding));
            if (placed.length === 0 || placed.length < details.length) failure.textContent = message;
            const [first] = element.querySelectorAll("[aria-invalid]");
            first?.focus();
            first?.closest(".field").scrollIntoView({ block: "nearest" });
          } finally {
            send.disabled = false;
          }
        },
      },
    },
    ...children,
    failure,
    h("div", { class: "buttons" }, send),
  );
  return element;
}
