/** Registering a template, or replacing the one of the same name and language. */
import { controlApi } from "../api.js";
import { h } from "../dom.js";
import { dialog } from "../elements/dialog.js";
import { field, form, select } from "../elements/form.js";
import { withOrg } from "../org/address.js";
import { findPart, getBody, listVariables } from "../template-text.js";

const categories = [
  ["", "None"],
  ["UTILITY", "Utility"],
  ["MARKETING", "Marketing"],
  ["AUTHENTICATION", "Authentication"],
];
const statuses = ["approved", "pending", "rejected"].map((status) => [status, status]);

/** With the value a template has, should it be none of those one may choose. */
function withOption(options, value) {
  return options.some(([each]) => each === value) ? options : [...options, [value, value]];
}

/**
 * The template's parts with these texts; what else it has stays: its buttons, or a header that is a picture.
 * @param texts by type, in the order of a message
 */
function replaceTexts(components, texts) {
  const written = Object.entries(texts).flatMap(([type, text]) => {
    const part = findPart({ components }, type);
    if (text !== "") return [{ type: type.toUpperCase(), ...part, text }];
    return part && part.text === undefined ? [part] : [];
  });
  return [...written, ...components.filter(({ type }) => !Object.hasOwn(texts, type.toLowerCase()))];
}

const emptyTemplate = { name: "", language: "en", status: "approved", components: [] };

/** The inputs, with what the template has. */
function createInputs(template) {
  const { name, language, status, category = "" } = template;
  const getText = (type) => findPart(template, type)?.text ?? "";
  return {
    name: h("input", { name: "name", type: "text", value: name, autocomplete: "off", spellcheck: "false" }),
    language: h("input", { name: "language", type: "text", value: language, autocomplete: "off" }),
    category: select(withOption(categories, category), category, { name: "category" }),
    status: select(withOption(statuses, status), status, { name: "status" }),
    header: h("input", { name: "header", type: "text", dir: "auto", value: getText("header") }),
    body: h("textarea", { name: "body", rows: "4", dir: "auto", value: getText("body") }),
    footer: h("input", { name: "footer", type: "text", dir: "auto", value: getText("footer") }),
  };
}

/** What the inputs hold, as the control API takes it. */
function readTemplate({ name, language, category, status, header, body, footer }, { platform, components }) {
  return {
    name: name.value.trim(),
    language: language.value.trim(),
    status: status.value,
    components: replaceTexts(components, {
      header: header.value.trim(),
      body: body.value.trim(),
      footer: footer.value.trim(),
    }),
    ...(category.value && { category: category.value }),
    ...(platform && { platform }),
  };
}

/** What saving would replace, and which variables the body has. */
function describe({ name, language, platform = "whatsapp", components }, templates) {
  const replaces = templates.some(
    (each) => each.name === name && each.language === language && each.platform === platform,
  );
  const variables = listVariables(getBody({ components })).map((each) => `{{${each}}}`);
  return [
    replaces && `Replaces ${name} (${language}).`,
    variables.length > 0 &&
      `${variables.length === 1 ? "Variable" : "Variables"} of the body: ${variables.join(", ")}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

async function save(template) {
  if (!getBody(template)) {
    const message = "is required: the text that the customer reads";
    throw Object.assign(new Error(`body ${message}`), { details: [{ path: ["body"], message }] });
  }
  await controlApi.post("templates", withOrg(template));
}

/**
 * @param templates those there are
 * @param template the one to begin with; an empty form without it
 */
export function openTemplateForm(templates, template = emptyTemplate) {
  const inputs = createInputs(template);
  const note = h("p", { class: "help", role: "status" });
  const draw = () => {
    const text = describe(readTemplate(inputs, template), templates);
    if (note.textContent !== text) note.textContent = text;
  };
  draw();

  const element = dialog(template.name === "" ? "Register a template" : "Change the template", (close) =>
    form(
      async () => {
        await save(readTemplate(inputs, template));
        close();
      },
      { label: "Save" },
      h(
        "div",
        { class: "grid" },
        field("Name", inputs.name),
        field("Language", inputs.language),
        field("Category", inputs.category),
        field("Status", inputs.status),
      ),
      field("Header", inputs.header),
      field("Body", inputs.body, "{{1}}, {{2}} and so on stand for what is filled in when it is sent."),
      field("Footer", inputs.footer),
      note,
    ),
  );
  element.addEventListener("input", draw);
}
