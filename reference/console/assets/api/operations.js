/** The API's operations, from the OpenAPI document that is served here, each with what it takes and answers, to be tried. */
import { consoleApi } from "../api.js";
import { h } from "../dom.js";
import { chip } from "../elements/display.js";
import { jsonBlock } from "../elements/json.js";
import { toastErrors } from "../elements/toast.js";
import { paragraphs } from "./document.js";
import { fieldsTable } from "./fields-table.js";
import { listOperations } from "./schema.js";
import { createTryIt } from "./try-it.js";

function parametersTable({ parameters = [] }, root, label) {
  const described = parameters.filter((each) => each.in !== "header");
  if (described.length === 0) return null;
  const schema = {
    properties: Object.fromEntries(
      described.map(({ name, schema: own, description }) => [name, { ...own, ...(description && { description }) }]),
    ),
    required: described.filter(({ required }) => required).map(({ name }) => name),
  };
  return [h("h3", {}, "Parameters"), fieldsTable(schema, root, `Parameters of ${label}`)];
}

function bodyTable({ requestBody }, root, label) {
  const schema = requestBody?.content["application/json"].schema;
  return schema && [h("h3", {}, "Body"), fieldsTable(schema, root, `Body of ${label}`)];
}

function answerItem([status, given], root, label) {
  const response = given.$ref ? root.components.responses[given.$ref.split("/").at(-1)] : given;
  const [example] = Object.values(response.content?.["application/json"]?.examples ?? {});
  return h(
    "details",
    { class: "answer" },
    h(
      "summary",
      {},
      chip(status, Number(status) < 300 ? "good" : Number(status) < 500 ? "warn" : "bad"),
      " ",
      paragraphs(response.description, "span"),
    ),
    example && jsonBlock(JSON.stringify(example.value), `Example of ${status} of ${label}`),
  );
}

/** What is in it is made when somebody opens it. */
function operationItem(operation, root, getKeys, wanted) {
  const { method, path, summary, operationId, description } = operation;
  const label = `${method} ${path}`;
  const place = h("div", { class: "operation-body" });
  const fill = () =>
    place.append(
      ...[
        paragraphs(description),
        createTryIt(operation, root, getKeys()),
        parametersTable(operation, root, label),
        bodyTable(operation, root, label),
        h("h3", {}, "Answers"),
        Object.entries(operation.responses).map((each) => answerItem(each, root, label)),
      ]
        .flat(3)
        .filter(Boolean),
    );
  const details = h(
    "details",
    {
      class: "operation",
      id: `operation-${operationId}`,
      open: operationId === wanted,
      on: {
        toggle: ({ target }) => {
          if (target === details && details.open && place.childElementCount === 0) fill();
        },
      },
    },
    h(
      "summary",
      {},
      h("span", { class: `verb verb-${method.toLowerCase()}` }, method),
      h("code", { class: "strong operation-path" }, path),
      h("span", { class: "soft" }, summary),
      operation["x-extension"] && chip("extension", "warn"),
    ),
    place,
  );
  return details;
}

export function createOperations(place) {
  let document;
  let keys = [];
  const readKeys = async () => {
    keys = (await consoleApi.get("keys")).data.filter(({ revokedAt }) => revokedAt === null);
  };
  const draw = (wanted) =>
    place.replaceChildren(
      h(
        "p",
        { class: "intro" },
        "Written from ",
        h("a", { href: "/v1/openapi.json", target: "_blank", rel: "noopener" }, "/v1/openapi.json"),
        ", which names this server: ",
        h("code", { class: "strong" }, document.servers[0].url),
        ". A call that is tried here is a request like any other: it costs of the budget, meets faults, and stands in ",
        h("a", { href: "#/requests" }, "Requests"),
        ".",
      ),
      ...listOperations(document).map(({ name, description, operations }) =>
        h(
          "section",
          { "aria-label": name },
          h("h2", {}, name),
          h("p", { class: "soft" }, description),
          h(
            "div",
            { class: "operations" },
            operations.map((operation) => operationItem(operation, document, () => keys, wanted)),
          ),
        ),
      ),
    );
  return {
    show: async ([wanted]) => {
      await toastErrors(async () => {
        const [response] = await Promise.all([document ?? fetch("/v1/openapi.json"), readKeys()]);
        if (!document) {
          document = await response.json();
          draw(wanted);
        }
      });
      if (wanted) place.querySelector(`#operation-${CSS.escape(wanted)}`)?.scrollIntoView({ block: "start" });
    },
    changed: (kinds) => (kinds.has("key") || kinds.has("everything") ? toastErrors(readKeys) : undefined),
  };
}
