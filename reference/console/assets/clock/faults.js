/** Faults on demand: answers that come late, wrong, broken or never. */
import { control } from "../api.js";
import { h, keyed, redraw } from "../dom.js";
import { attempt, button, empty, field, form, select } from "../parts.js";
import { refreshing } from "../refresh.js";

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

const paths = [
  ["", "Any path"],
  ["/v1/contacts", "/v1/contacts"],
  ["/v1/contacts/*", "/v1/contacts/*"],
  ["/v1/messaging/send", "/v1/messaging/send"],
  ["/v1/conversations", "/v1/conversations"],
  ["/v1/conversations/*/messages", "/v1/conversations/*/messages"],
  ["/v1/webhooks", "/v1/webhooks"],
  ["/v1/templates", "/v1/templates"],
  ["/v1/me", "/v1/me"],
];
const methods = ["", "GET", "POST", "PATCH", "DELETE"].map((method) => [method, method || "Any method"]);
const kinds = [
  ["", "Stays whole"],
  ["drop_response", "Dropped after the work was done"],
  ["reset", "Reset in the middle"],
  ["truncate", "Cut off in the middle"],
  ["malformed", "Half of its JSON"],
];

const describe = ({ method, path, times, probability, latencyMs, status, body, kind }) =>
  [
    `${method ?? "Any method"} ${path ?? "any path"}${times === undefined ? "" : times === 1 ? ", once" : `, ${times} times`}:`,
    latencyMs !== undefined && `${latencyMs} ms late`,
    status !== undefined && `answers ${status}${body === undefined ? "" : " with a body"}`,
    kind && kinds.find(([each]) => each === kind)?.[1].toLowerCase(),
    probability < 1 && `with probability ${probability}`,
  ]
    .filter(Boolean)
    .join(" ");

const faultItem = (fault) =>
  h(
    "li",
    { class: `line ${fault.times !== undefined && fault.hits >= fault.times ? "off" : ""}` },
    h("span", {}, describe(fault)),
    h("span", { class: "soft" }, `met ${fault.hits} request${fault.hits === 1 ? "" : "s"}`),
  );

const number = (attributes = {}) => h("input", { type: "number", min: "0", inputmode: "numeric", ...attributes });
const given = (input) => (input.value === "" ? undefined : Number(input.value));

const ownFault = () => {
  const method = select(methods, "");
  const path = select(paths, "");
  const kind = select(kinds, "");
  const status = number({ min: "200", max: "599", placeholder: "none" });
  const latency = number({ placeholder: "0" });
  const times = number({ min: "1", placeholder: "always" });
  const probability = number({ max: "1", step: "any", placeholder: "1" });
  return h(
    "details",
    { class: "own-fault" },
    h("summary", {}, "A fault of your own"),
    form(
      () =>
        control.post("faults", {
          ...(method.value && { method: method.value }),
          ...(path.value && { path: path.value }),
          ...(kind.value && { kind: kind.value }),
          status: given(status),
          latencyMs: given(latency),
          times: given(times),
          probability: given(probability),
        }),
      { label: "Add the fault" },
      h(
        "div",
        { class: "grid" },
        field("Method", method),
        field("Path", path),
        field("Status", status, "Answered instead of doing the work."),
        field("The answer", kind),
        field("Latency in ms", latency),
        field("Requests it meets", times),
        field("Probability", probability),
      ),
    ),
  );
};

export const createFaultsPanel = () => {
  const items = h("ul", { class: "log" });
  const below = h("div");
  const element = h(
    "section",
    { "aria-labelledby": "faults-title" },
    h("h2", { id: "faults-title" }, "Faults"),
    h("p", { class: "soft" }, "They meet requests to the API, and neither this page nor the control API."),
    items,
    below,
    h(
      "div",
      { class: "presets" },
      presets.map(([label, fault]) => button(label, () => attempt(() => control.post("faults", fault)))),
    ),
    ownFault(),
  );
  const read = refreshing(async () => {
    const { data } = await control.get("faults");
    keyed(items, data, (fault) => fault.id, faultItem);
    redraw(below, data.length, (count) =>
      count === 0
        ? empty("No faults", "The API answers as it should.")
        : h(
            "div",
            { class: "buttons" },
            button("Clear all faults", () => attempt(() => control.delete("faults"))),
          ),
    );
  });
  return { element, read };
};
