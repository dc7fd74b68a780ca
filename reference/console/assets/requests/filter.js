/** Which of the latest requests are listed: by words, and by how they went. */
import { h } from "../dom.js";
import { select } from "../elements/form.js";
import { decodePath } from "./path.js";

const outcomes = {
  "": ["All answers", () => true],
  good: ["Succeeded", ({ status }) => status < 400],
  errors: ["Errors", ({ status }) => status >= 400],
  faults: ["Met a fault", ({ fault }) => fault !== null],
};

function toSearchText({ method, path, status, requestId, keyPrefix, client, error, fault }) {
  return [method, path, decodePath(path), status, requestId, keyPrefix, client, error?.code, error?.message, fault]
    .filter((each) => each !== null && each !== undefined)
    .join(" ")
    .toLowerCase();
}

/** @param changed is told when others are wanted */
export function createFilter(changed) {
  const words = h("input", {
    type: "search",
    placeholder: "Path, key, request id, error…",
    "aria-label": "Filter requests",
    autocomplete: "off",
    on: { input: changed },
  });
  const outcome = select(
    Object.entries(outcomes).map(([value, [label]]) => [value, label]),
    "",
    { "aria-label": "Which answers", on: { change: changed } },
  );
  const count = h("p", { class: "soft", role: "status" });
  return {
    element: h("div", { class: "filter" }, words, outcome, count),
    isSet: () => words.value.trim() !== "" || outcome.value !== "",
    clear: () => {
      words.value = "";
      outcome.value = "";
      changed();
      words.focus();
    },
    /** Those that fit: each word stands somewhere in what is known of the request. */
    apply: (requests) => {
      const searched = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const [, isShown] = outcomes[outcome.value];
      const found = requests.filter((request) => {
        const text = toSearchText(request);
        return isShown(request) && searched.every((word) => text.includes(word));
      });
      const text = searched.length > 0 || outcome.value !== "" ? `${found.length} of ${requests.length}` : "";
      if (count.textContent !== text) count.textContent = text;
      return found;
    },
  };
}
