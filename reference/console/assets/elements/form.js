/** Fields and forms, with what the server finds wrong said beside the field. */
import { h } from "../dom.js";

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

function capitalize(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Says what is wrong with a field beside it. @returns whether it could */
function showFinding(element, { path: [name], message }) {
  const control = [...element.elements].find((each) => each.name !== "" && each.name === name);
  const finding = control?.parentElement.querySelector(".finding");
  if (!finding) return false;
  finding.textContent = capitalize(message);
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
