/** The events that endpoints are told of, each with a sample as it is delivered. */
import { h } from "../dom.js";
import { jsonBlock } from "../elements/json.js";
import { toastErrors } from "../elements/toast.js";
import { paragraphs } from "./document.js";
import { fieldsTable } from "./fields-table.js";
import { listEvents } from "./schema.js";

function eventItem({ type, title, description, schema, sample }, root) {
  return h(
    "details",
    { class: "operation" },
    h("summary", {}, h("code", { class: "strong operation-path" }, type), h("span", { class: "soft" }, title)),
    h(
      "div",
      { class: "operation-body" },
      paragraphs(description),
      h("h3", {}, "Sample"),
      jsonBlock(JSON.stringify(sample), `Sample of ${type}`),
      h("h3", {}, "Fields"),
      fieldsTable(schema, root, `Fields of ${type}`),
    ),
  );
}

export function createEvents(place) {
  return {
    show: () =>
      toastErrors(async () => {
        if (place.childElementCount > 0) return;
        const root = await (await fetch("/v1/openapi.json")).json();
        place.append(
          h(
            "p",
            { class: "intro" },
            "Posted to every endpoint that asked for it, signed. ",
            h("a", { href: "#/settings/webhooks" }, "Send one as a test"),
            " to an endpoint of yours.",
          ),
          h("h2", {}, "Events"),
          h(
            "div",
            { class: "operations" },
            listEvents(root).map((event) => eventItem(event, root)),
          ),
        );
      }),
    changed: () => undefined,
  };
}
