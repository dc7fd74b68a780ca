/** Which of the latest requests are listed: by words, method, path, answer and key. The server looks for them. */
import { choices } from "../choices.js";
import { h } from "../dom.js";
import { select } from "../elements/form.js";

const outcomes = [
  ["", "All answers"],
  ["succeeded", "Succeeded"],
  ["errors", "Errors"],
  ["4xx", "Refused: 4xx"],
  ["5xx", "Failed: 5xx"],
  ["faults", "Met a fault"],
];
const methods = ["", "GET", "POST", "PATCH", "DELETE"].map((method) => [method, method || "Any method"]);

/** @param changed is told when others are wanted */
export function createFilter(changed) {
  const attributes = (label) => ({ "aria-label": label, on: { change: changed } });
  const words = h("input", {
    type: "search",
    placeholder: "Path, key, request id, error…",
    "aria-label": "Filter requests",
    autocomplete: "off",
    on: { input: changed },
  });
  const method = select(methods, "", attributes("Which method"));
  const path = select([["", "Any path"], ...choices.paths.map((each) => [each, each])], "", attributes("Which path"));
  const outcome = select(outcomes, "", attributes("Which answers"));
  const status = h("input", {
    type: "number",
    min: "100",
    max: "599",
    placeholder: "Status",
    "aria-label": "Status",
    class: "status",
    on: { input: changed },
  });
  const key = select([["", "Any key"]], "", attributes("Which key"));
  const count = h("p", { class: "soft", role: "status" });
  const controls = [words, method, path, outcome, status, key];

  return {
    element: h("div", { class: "filter" }, controls, count),
    isSet: () => controls.some((control) => control.value.trim() !== ""),
    clear: () => {
      for (const control of controls) control.value = "";
      changed();
      words.focus();
    },
    /** What the server is asked for. */
    query: () => ({
      words: words.value.trim(),
      method: method.value,
      path: path.value,
      outcome: outcome.value,
      // While a number is being typed it is none yet.
      status: /^[1-5]\d\d$/.test(status.value) ? status.value : undefined,
      key: key.value,
    }),
    /** @param keys the beginnings of those that were sent */
    show: ({ found, total, keys }) => {
      const known = [...key.options].map(({ value }) => value).filter(Boolean);
      for (const each of keys.filter((one) => !known.includes(one))) {
        key.append(h("option", { value: each }, `${each}…`));
      }
      const text = controls.some((control) => control.value.trim() !== "") ? `${found} of ${total}` : "";
      if (count.textContent !== text) count.textContent = text;
    },
  };
}
