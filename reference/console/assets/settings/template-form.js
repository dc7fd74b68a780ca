/** Registering a template, or replacing the one of the same name and language. */
import { control } from "../api.js";
import { h } from "../dom.js";
import { inOrg } from "../org.js";
import { dialog, field, form, select } from "../parts.js";
import { partOf, variablesOf } from "../template-text.js";

const categories = [
  ["", "None"],
  ["UTILITY", "Utility"],
  ["MARKETING", "Marketing"],
  ["AUTHENTICATION", "Authentication"],
];
const statuses = ["approved", "pending", "rejected"].map((status) => [status, status]);

/** With the value a template has, should it be none of those one may choose. */
function including(options, value) {
  return options.some(([each]) => each === value) ? options : [...options, [value, value]];
}

/**
 * The template's parts with these texts; what else it has stays: its buttons, or a header that is a picture.
 * @param texts by type, in the order of a message
 */
function partsWith(components, texts) {
  const written = Object.entries(texts).flatMap(([type, text]) => {
    const part = partOf({ components }, type);
    if (text !== "") return [{ type: type.toUpperCase(), ...part, text }];
    return part && part.text === undefined ? [part] : [];
  });
  return [...written, ...components.filter(({ type }) => !Object.hasOwn(texts, type.toLowerCase()))];
}

/**
 * @param templates those there are
 * @param template the one to begin with; an empty form without it
 */
export function editTemplate(templates, template = { name: "", language: "en", status: "approved", components: [] }) {
  const { platform } = template;
  const textOf = (type) => partOf(template, type)?.text ?? "";
  const name = h("input", {
    name: "name",
    type: "text",
    value: template.name,
    autocomplete: "off",
    spellcheck: "false",
  });
  const language = h("input", { name: "language", type: "text", value: template.language, autocomplete: "off" });
  const category = select(including(categories, template.category ?? ""), template.category ?? "", {
    name: "category",
  });
  const status = select(including(statuses, template.status), template.status, { name: "status" });
  const header = h("input", { name: "header", type: "text", dir: "auto", value: textOf("header") });
  const body = h("textarea", { name: "body", rows: "4", dir: "auto", value: textOf("body") });
  const footer = h("input", { name: "footer", type: "text", dir: "auto", value: textOf("footer") });
  const note = h("p", { class: "help", role: "status" });

  const values = () => ({ name: name.value.trim(), language: language.value.trim() });
  const draw = () => {
    const given = values();
    const same = templates.some(
      (each) =>
        each.name === given.name && each.language === given.language && each.platform === (platform ?? "whatsapp"),
    );
    const variables = variablesOf(body.value).map((each) => `{{${each}}}`);
    const text = [
      same && `Replaces ${given.name} (${given.language}).`,
      variables.length > 0 &&
        `${variables.length === 1 ? "Variable" : "Variables"} of the body: ${variables.join(", ")}.`,
    ]
      .filter(Boolean)
      .join(" ");
    if (note.textContent !== text) note.textContent = text;
  };
  draw();

  const save = async () => {
    const components = partsWith(template.components, {
      header: header.value.trim(),
      body: body.value.trim(),
      footer: footer.value.trim(),
    });
    if (!partOf({ components }, "body")?.text) {
      const message = "is required: the text that the customer reads";
      throw Object.assign(new Error(`body ${message}`), { details: [{ path: ["body"], message }] });
    }
    await control.post(
      "templates",
      inOrg({
        ...values(),
        status: status.value,
        components,
        ...(category.value && { category: category.value }),
        ...(platform && { platform }),
      }),
    );
  };

  const element = dialog(template.name === "" ? "Register a template" : "Change the template", (close) =>
    form(
      async () => {
        await save();
        close();
      },
      { label: "Save" },
      h(
        "div",
        { class: "grid" },
        field("Name", name),
        field("Language", language),
        field("Category", category),
        field("Status", status),
      ),
      field("Header", header),
      field("Body", body, "{{1}}, {{2}} and so on stand for what is filled in when it is sent."),
      field("Footer", footer),
      note,
    ),
  );
  element.addEventListener("input", draw);
}
