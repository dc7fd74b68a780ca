/** Message templates: what WhatsApp has approved may be sent outside the 24-hour window, too. */
import { controlApi } from "../api.js";
import { h, userText } from "../dom.js";
import { button } from "../elements/button.js";
import { chip } from "../elements/display.js";
import { withOrg } from "../org/address.js";
import { platformName } from "../platforms.js";
import { splitAtVariables } from "../template-text.js";
import { createSettingsSection } from "./section.js";
import { openTemplateForm } from "./template-form.js";
import { templatePreview } from "./template-preview.js";

const statusKinds = { approved: "good", pending: "warn", rejected: "bad" };

function highlightVariables(text) {
  return userText(
    splitAtVariables(text).map((piece, index) => (index % 2 === 1 ? h("span", { class: "variable" }, piece) : piece)),
    "p",
    { class: "text" },
  );
}

/** What a part has beside its text: a format, buttons, an example. */
function otherContent({ type: _type, text: _text, ...rest }) {
  return Object.keys(rest).length > 0 && userText(JSON.stringify(rest), "code", { class: "soft rest" });
}

function partItem(part) {
  return h(
    "div",
    {},
    h("dt", {}, userText(part.type.charAt(0).toUpperCase() + part.type.slice(1).toLowerCase())),
    h("dd", {}, part.text !== undefined && highlightVariables(part.text), otherContent(part)),
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
      h("h2", {}, userText(name, "code"), " ", userText(language, "bdi", { class: "soft" })),
      button("Change", () => openTemplateForm(all(), template), { "aria-label": `Change ${name} (${language})` }),
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
      : h(
          "div",
          { class: "template-shown" },
          h("dl", { class: "template-parts" }, components.map(partItem)),
          templatePreview(template),
        ),
  );
}

export function createTemplatesSection(place) {
  let templates = [];
  return createSettingsSection(place, {
    lead: "Outside the 24-hour window WhatsApp takes a template only, and of these the approved ones. One name and language is one template.",
    add: button("Register template", () => openTemplateForm(templates), { kind: "primary" }),
    read: async () => {
      templates = (await controlApi.get("templates", withOrg())).data;
      return templates;
    },
    keyOf: ({ platform, name, language }) => JSON.stringify([platform, name, language]),
    item: (template) => templateItem(template, () => templates),
    none: ["No templates", "Register one to write to customers whose window is closed."],
    kind: "template",
  });
}
