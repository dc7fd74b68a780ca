/** Faults on demand: answers that come late, wrong, broken or never. */
import { controlApi, encodeId } from "../api.js";
import { choices } from "../choices.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList } from "../dom.js";
import { button } from "../elements/button.js";
import { block, chip, empty } from "../elements/display.js";
import { field, form, select } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";

const presets = [
  [
    "Next send does the work, then drops the answer",
    { method: "POST", path: "/v1/messaging/send", kind: "drop_response", times: 1 },
  ],
  ["Next request is rate limited", { status: 429, times: 1 }],
  ["Next three answer 503", { status: 503, times: 3 }],
  [
    "A gateway's HTML page, once",
    { status: 502, body: "<html><body><h1>502 Bad Gateway</h1></body></html>", times: 1 },
  ],
  ["Every answer two seconds late", { latencyMs: 2000 }],
];

const methods = ["", "GET", "POST", "PATCH", "DELETE"].map((method) => [method, method || "Any method"]);
const kinds = [
  ["", "Stays whole"],
  ["drop_response", "Dropped after the work was done"],
  ["reset", "Reset in the middle"],
  ["truncate", "Cut off in the middle"],
  ["malformed", "Half of its JSON"],
];

function describeFault({ method, path, times, probability, latencyMs, status, body, kind, after }) {
  return [
    `${method ?? "Any method"} ${path ?? "any path"}${times === undefined ? "" : times === 1 ? ", once" : `, ${times} times`}:`,
    latencyMs !== undefined && `${latencyMs} ms late`,
    status !== undefined &&
      `answers ${status}${body === undefined ? "" : " with a body"}${after ? ", after the work" : ""}`,
    kind && kinds.find(([each]) => each === kind)?.[1].toLowerCase(),
    probability < 1 && `with probability ${probability}`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** The answer of a fault, as it goes over the wire. */
function formatAnswer({ status, headers = {}, body = "" }) {
  return [
    String(status),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    typeof body === "string" ? body : JSON.stringify(body, null, 2),
  ].join("\n");
}

function faultItem(fault) {
  const { id: faultId, hits, times, body, headers } = fault;
  const spent = times !== undefined && hits >= times;
  const text = describeFault(fault);
  return h(
    "li",
    { class: `fault ${spent ? "off" : ""}` },
    h(
      "div",
      { class: "fault-body" },
      h("p", {}, h("span", { class: "what", id: faultId }, text), spent && [" ", chip("spent")]),
      h("p", { class: "soft" }, `met ${hits} request${hits === 1 ? "" : "s"}`),
      (body !== undefined || headers !== undefined) &&
        h("details", {}, h("summary", {}, "Its answer"), block(formatAnswer(fault), `Answer of the fault: ${text}`)),
    ),
    button("Remove", () => toastErrors(() => controlApi.delete(`faults/${encodeId(faultId)}`)), {
      "aria-describedby": faultId,
    }),
  );
}

function numberInput(attributes = {}) {
  return h("input", { type: "number", min: "0", inputmode: "numeric", ...attributes });
}

function readNumber(input) {
  return input.value === "" ? undefined : Number(input.value);
}

function faultForm() {
  const method = select(methods, "", { name: "method" });
  const path = select([["", "Any path"], ...choices.paths.map((each) => [each, each])], "", { name: "path" });
  const kind = select(kinds, "", { name: "kind" });
  const work = select(
    [
      ["", "Is not done"],
      ["after", "Is done first"],
    ],
    "",
    { name: "after" },
  );
  const status = numberInput({ name: "status", min: "200", max: "599", placeholder: "none" });
  const latency = numberInput({ name: "latencyMs", placeholder: "0" });
  const times = numberInput({ name: "times", min: "1", placeholder: "always" });
  const probability = numberInput({ name: "probability", max: "1", step: "any", placeholder: "1" });
  const body = h("textarea", { name: "body", rows: "3", dir: "auto", placeholder: "The API's own error" });
  return h(
    "details",
    { class: "own-fault" },
    h("summary", {}, "A fault of your own"),
    form(
      () =>
        controlApi.post("faults", {
          ...(method.value && { method: method.value }),
          ...(path.value && { path: path.value }),
          ...(work.value && { after: true }),
          ...(kind.value && { kind: kind.value }),
          ...(body.value && { body: body.value }),
          status: readNumber(status),
          latencyMs: readNumber(latency),
          times: readNumber(times),
          probability: readNumber(probability),
        }),
      { label: "Add the fault" },
      h(
        "div",
        { class: "grid" },
        field("Method", method),
        field("Path", path),
        field("Status", status, "Answered in place of the API's answer."),
        field("The work", work),
        field("The answer", kind),
        field("Latency in ms", latency),
        field("Requests it meets", times),
        field("Probability", probability),
      ),
      field("Body", body, "Goes with the status, as it stands: JSON, a gateway's HTML, or any text."),
    ),
  );
}

export function createFaultsPanel() {
  const items = h("ul", { class: "log" });
  const below = h("div");
  const element = h(
    "section",
    { "aria-labelledby": "faults-title" },
    h("h2", { id: "faults-title" }, "Faults"),
    h("p", { class: "soft" }, "They meet requests to the API, of every org; neither this page nor the control API."),
    items,
    below,
    h(
      "div",
      { class: "presets" },
      presets.map(([label, fault]) => button(label, () => toastErrors(() => controlApi.post("faults", fault)))),
    ),
    faultForm(),
  );
  const read = coalesceCalls(async () => {
    const { data } = await controlApi.get("faults");
    renderList(items, data, (fault) => fault.id, faultItem);
    renderIfChanged(below, data.length, (count) =>
      count === 0
        ? empty("No faults", "The API answers as it should.")
        : h(
            "div",
            { class: "buttons" },
            button("Clear all faults", () => toastErrors(() => controlApi.delete("faults"))),
          ),
    );
  });
  return { element, read };
}
