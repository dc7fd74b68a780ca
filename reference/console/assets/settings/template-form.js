/** Registering a template, or replacing the one of the same name and language. */
import { controlApi } from "../api.js";
import { h, renderIfChanged } from "../dom.js";
import { dialog } from "../elements/dialog.js";
import { field, form, select } from "../elements/form.js";
import { withOrg } from "../org/address.js";
import { findPart, getBody, listVariables } from "../template-text.js";
import { createButtonsEditor } from "./template-buttons.js";
import { listButtons, templatePreview } from "./template-preview.js";

const categories = [
  ["", "None"],
  ["UTILITY", "Utility"],
  ["MARKETING", "Marketing"],
  ["AUTHENTICATION", "Authentication"],
];
const headers = [
  ["", "None"],
  ["TEXT", "Text"],
  ["IMAGE", "Picture"],
  ["VIDEO", "Video"],
  ["DOCUMENT", "Document"],
];
const statuses = ["approved", "pending", "rejected"].map((status) => [status, status]);

/** With the value a template has, should it be none of those one may choose. */
function withOption(options, value) {
  return options.some(([each]) => each === value) ? options : [...options, [value, value]];
}

/** The header as it is chosen: a text, a medium, or what the template has beside those. */
function replaceHeader(components, format, text) {
  const part = findPart({ components }, "header");
  if (format === "TEXT") {
    const { format: _format, ...rest } = part ?? {};
    return text === "" ? [] : [{ type: "HEADER", ...(getFormat(part) === "TEXT" ? part : rest), text }];
  }
  if (format === getFormat(part)) return part ? [part] : [];
  return format === "" ? [] : [{ type: "HEADER", format }];
}

/** A header that is a text need not say so. */
function getFormat(part) {
  return part === undefined ? "" : String(part.format ?? "TEXT").toUpperCase();
}

function replaceButtons(components, buttons) {
  const part = findPart({ components }, "buttons");
  return buttons.length === 0 ? [] : [{ type: "BUTTONS", ...part, buttons }];
}

/**
 * The template's parts with these texts; what else they have stays.
 * @param texts by type, in the order of a message
 */
function replaceTexts(components, texts) {
  const written = Object.entries(texts).flatMap(([type, text]) => {
    const part = findPart({ components }, type);
    if (text !== "") return [{ type: type.toUpperCase(), ...part, text }];
    return part && part.text === undefined ? [part] : [];
  });
  return written;
}

const shownTypes = new Set(["header", "body", "footer", "buttons"]);

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
    format: select(
      withOption(headers, getFormat(findPart(template, "header"))),
      getFormat(findPart(template, "header")),
      {
        name: "format",
      },
    ),
    header: h("input", { name: "header", type: "text", dir: "auto", value: getText("header") }),
    body: h("textarea", { name: "body", rows: "4", dir: "auto", value: getText("body") }),
    footer: h("input", { name: "footer", type: "text", dir: "auto", value: getText("footer") }),
  };
}

/** What the inputs hold, as the control API takes it. */
function readTemplate({ name, language, category, status, format, header, body, footer, buttons }, template) {
  const { platform, components } = template;
  return {
    name: name.value.trim(),
    language: language.value.trim(),
    status: status.value,
    components: [
      ...replaceHeader(components, format.value, header.value.trim()),
      ...replaceTexts(components, { body: body.value.trim(), footer: footer.value.trim() }),
      ...components.filter(({ type }) => !shownTypes.has(type.toLowerCase())),
      ...replaceButtons(components, buttons.read()),
    ],
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
  const note = h("p", { class: "help", role: "status" });
  const preview = h("div");
  const draw = () => {
    const read = readTemplate(inputs, template);
    const text = describe(read, templates);
    if (note.textContent !== text) note.textContent = text;
    headerField.hidden = inputs.format.value !== "TEXT";
    renderIfChanged(preview, read, templatePreview);
  };
  const buttons = createButtonsEditor(listButtons(template), () => draw());
  const inputs = { ...createInputs(template), buttons };
  const headerField = field("Header", inputs.header);
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
      field("Kind of header", inputs.format),
      headerField,
      field("Body", inputs.body, "{{1}}, {{2}} and so on stand for what is filled in when it is sent."),
      field("Footer", inputs.footer),
      buttons.element,
      note,
      preview,
    ),
  );
  element.classList.add("wide");
  element.addEventListener("input", draw);
}
