/** The control API: what stands around OnSync in real life, and what tests need, each to be tried. */
import { callControl, consoleApi } from "../api.js";
import { h } from "../dom.js";
import { copyButton } from "../elements/button.js";
import { askToConfirm } from "../elements/dialog.js";
import { field, form } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";
import { toCurl } from "../requests/curl.js";
import { madeItem } from "../requests/exchange.js";
import { fieldsTable } from "./fields-table.js";
import { buildPath } from "./schema.js";

function textInput(name) {
  return h("input", { name, type: "text", autocomplete: "off", spellcheck: "false" });
}

/** What a route takes beside its body: parts of its path, and of its query. */
function listParameters({ path, takesBody, schema }) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path" }));
  const inQuery =
    takesBody || schema === null ? [] : Object.keys(schema.properties).map((name) => ({ name, in: "query" }));
  return [...inPath, ...inQuery];
}

/** @throws Error with a sentence */
function readBody(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw Object.assign(new Error("The body is no JSON."), {
      details: [{ path: ["body"], message: `is no JSON: ${error.message}` }],
    });
  }
}

function toCommand({ method }, address, body) {
  const headers = body === null ? [] : [["Content-Type", "application/json"]];
  return toCurl({ method, url: location.origin + address, headers, body, key: "ONSYNC_CONTROL_TOKEN" });
}

function createTry(route) {
  const { method, path, takesBody, example } = route;
  const label = `${method} ${path}`;
  const parameters = listParameters(route);
  const inputs = parameters.map((parameter) => ({ ...parameter, input: textInput(parameter.name) }));
  const text = JSON.stringify(example ?? {}, null, 2);
  const body = takesBody
    ? h("textarea", {
        name: "body",
        class: "code",
        rows: String(text.split("\n").length),
        spellcheck: "false",
        value: text,
      })
    : null;
  const answer = h("div", { "aria-live": "polite" });
  const getAddress = () =>
    buildPath(path, parameters, Object.fromEntries(inputs.map(({ name, input }) => [name, input.value.trim()])));
  const element = form(
    async () => {
      const given = body && readBody(body.value);
      const address = getAddress();
      if (
        path.endsWith("/reset") &&
        !(await askToConfirm("Start over?", "Everything goes back to how it was at the start.", "Start over"))
      )
        return;
      answer.replaceChildren(madeItem(await callControl(method, address, given), label));
    },
    { label: "Send" },
    inputs.length > 0 &&
      h(
        "div",
        { class: "grid" },
        inputs.map(({ name, input, in: where }) =>
          field(name, input, where === "path" ? "Part of the path." : undefined),
        ),
      ),
    body && field("Body", body),
  );
  element
    .querySelector(".buttons")
    .append(copyButton(() => toCommand(route, getAddress(), body?.value ?? null), "Copy as curl"));
  element.querySelector(".buttons button[type=submit]").setAttribute("aria-label", `Send ${label}`);
  return h("section", { class: "try-it", "aria-label": `Try ${label}` }, element, answer);
}

function routeItem(route) {
  const { method, path, title, schema } = route;
  const place = h("div", { class: "operation-body" });
  const details = h(
    "details",
    {
      class: "operation",
      on: {
        toggle: ({ target }) => {
          if (target !== details || !details.open || place.childElementCount > 0) return;
          place.append(createTry(route));
          const table = schema && fieldsTable(schema, schema, `What ${method} ${path} takes`);
          if (table) place.append(h("h3", {}, "What it takes"), table);
        },
      },
    },
    h(
      "summary",
      {},
      h("span", { class: `verb verb-${method.toLowerCase()}` }, method),
      h("code", { class: "strong operation-path" }, path),
      h("span", { class: "soft" }, title),
    ),
    place,
  );
  return details;
}

export function createControlSection(place) {
  return {
    show: () =>
      toastErrors(async () => {
        if (place.childElementCount > 0) return;
        const { data } = await consoleApi.get("control");
        place.append(
          h(
            "p",
            { class: "intro" },
            "No part of OnSync: it plays customers and carriers, turns the clock and breaks answers. It answers this machine alone, to who shows the control token, as this page does.",
          ),
          h("h2", {}, "Routes"),
          h("div", { class: "operations" }, data.map(routeItem)),
        );
      }),
    changed: () => undefined,
  };
}
