/** Message templates: what WhatsApp has approved may be sent outside the 24-hour window, too. */
import { control } from "../api.js";
import { h, theirs } from "../dom.js";
import { inOrg } from "../org.js";
import { button, chip, platformName } from "../parts.js";
import { piecesOf } from "../template-text.js";
import { rows } from "./rows.js";
import { editTemplate } from "./template-form.js";

const statusKinds = { approved: "good", pending: "warn", rejected: "bad" };

function withVariables(text) {
  return theirs(
    piecesOf(text).map((piece, index) => (index % 2 === 1 ? h("span", { class: "variable" }, piece) : piece)),
    "p",
    { class: "text" },
  );
}

/** What a part has beside its text: a format, buttons, an example. */
function others({ type: _type, text: _text, ...rest }) {
  return Object.keys(rest).length > 0 && theirs(JSON.stringify(rest), "code", { class: "soft rest" });
}

function partItem(part) {
  return h(
    "div",
    {},
    h("dt", {}, theirs(part.type.charAt(0).toUpperCase() + part.type.slice(1).toLowerCase())),
    h("dd", {}, part.text !== undefined && withVariables(part.text), others(part)),
  );
}

/** @param all gives those there are when it is asked */
function templateItem(template, all) {
  const { name, language, status, category, platform, components } = template;
  return h(
    "li",
    { class: "row" },
    h(
      "div",
      { class: "row-head" },
      h("h2", {}, theirs(name, "code"), " ", theirs(language, "bdi", { class: "soft" })),
      button("Change", () => editTemplate(all(), template), { "aria-label": `Change ${name} (${language})` }),
    ),
    h(
      "p",
      { class: "chips" },
      chip(status, statusKinds[status.toLowerCase()]),
      category !== undefined && chip(category),
      platform !== undefined && platform !== "whatsapp" && chip(platformName(platform)),
    ),
    components.length === 0
      ? h("p", { class: "soft" }, "It has no text.")
      : h("dl", { class: "template-parts" }, components.map(partItem)),
  );
}

export function createTemplates(place) {
  let templates = [];
  return rows(place, {
    lead: "Outside the 24-hour window WhatsApp takes a template only, and of these the approved ones. One name and language is one template.",
    add: button("Register template", () => editTemplate(templates), { kind: "primary" }),
    read: async () => {
      templates = (await control.get("templates", inOrg())).data;
      return templates;
    },
    keyOf: ({ platform, name, language }) => JSON.stringify([platform, name, language]),
    item: (template) => templateItem(template, () => templates),
    none: ["No templates", "Register one to write to customers whose window is closed."],
    kind: "template",
  });
}
