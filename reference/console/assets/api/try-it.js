/** A call of the API, filled in and made: by the server, with a key of which the page knows only the beginning. */
import { consoleApi } from "../api.js";
import { h } from "../dom.js";
import { button, copyButton } from "../elements/button.js";
import { field, form, select } from "../elements/form.js";
import { toCurl } from "../requests/curl.js";
import { madeItem } from "../requests/exchange.js";
import { buildPath, describeType, getExampleBody } from "./schema.js";

function toKeyLabel({ prefix, label, scopes }) {
  return `${label ?? `${prefix}…`}${scopes.length < 6 ? ` (${scopes.join(", ") || "no scopes"})` : ""}`;
}

/** An input for each parameter. */
function createInputs(parameters, root) {
  return parameters
    .filter((parameter) => parameter.in === "path" || parameter.in === "query")
    .map((parameter) => {
      const example = parameter.schema?.examples?.[0] ?? parameter.example;
      const input = h("input", {
        name: parameter.name,
        type: "text",
        autocomplete: "off",
        spellcheck: "false",
        placeholder: example === undefined ? "" : String(example),
      });
      const note = [
        parameter.in === "path" ? "Part of the path." : "",
        parameter.description ?? parameter.schema?.description ?? describeType(parameter.schema, root),
      ];
      return { name: parameter.name, input, element: field(parameter.name, input, note.filter(Boolean).join(" ")) };
    });
}

/** The body's input, with an example to begin with; `null` where a call takes none. */
function createBodyInput(example) {
  const rows = String(Math.min(16, (example ?? "").split("\n").length));
  const attributes = { name: "body", rows, spellcheck: "false", class: "code", value: example };
  return example === null ? null : h("textarea", attributes);
}

/**
 * @param operation of an OpenAPI document: method, path, parameters, requestBody
 * @param keys of the org, those that were not revoked
 */
export function createTryIt(operation, root, keys) {
  const { method, path, parameters = [] } = operation;
  const label = `${method} ${path}`;
  const inputs = createInputs(parameters, root);
  const example = getExampleBody(operation);
  const body = createBodyInput(example);
  const options = [...keys.map((key) => [key.id, toKeyLabel(key)]), ["", "No key"]];
  const key = select(options, options[0][0], { name: "keyId" });
  const answer = h("div", { "aria-live": "polite" });

  const read = () => ({
    method,
    path: `/v1${buildPath(path, parameters, Object.fromEntries(inputs.map(({ name, input }) => [name, input.value.trim()])))}`,
    ...(key.value && { keyId: key.value }),
    ...(body && { body: body.value }),
  });
  const curl = copyButton(() => {
    const { path: address } = read();
    return toCurl({
      method,
      url: location.origin + address,
      headers: body ? [["Content-Type", "application/json"]] : [],
      body: body?.value ?? null,
      ...(key.value === "" && { key: null }),
    });
  }, "Copy as curl");

  const element = form(
    async () => {
      const made = await consoleApi.post("requests", read());
      answer.replaceChildren(madeItem(made, label));
    },
    { label: "Send" },
    field("Key", key),
    inputs.length > 0 &&
      h(
        "div",
        { class: "grid" },
        inputs.map((each) => each.element),
      ),
    body && field("Body", body),
  );
  element.querySelector(".buttons").append(
    curl,
    body &&
      button("Example again", () => {
        body.value = example;
      }),
  );
  element.querySelector(".buttons button[type=submit]").setAttribute("aria-label", `Send ${label}`);
  return h("section", { class: "try-it", "aria-label": `Try ${label}` }, h("h3", {}, "Try it"), element, answer);
}
