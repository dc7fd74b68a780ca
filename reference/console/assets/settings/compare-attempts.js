/** The attempts of a delivery side by side: what was the same in all of them, and what was not. */
import { h } from "../dom.js";

function findHeader(headers, name) {
  return Object.entries(headers ?? {}).find(([each]) => each.toLowerCase() === name)?.[1];
}

/** @returns rows: a name, a value of each attempt, and whether they differ */
export function compareAttempts(attempts) {
  const row = (name, read) => {
    const values = attempts.map((attempt) => String(read(attempt) ?? "–"));
    return { name, values, differ: new Set(values).size > 1 };
  };
  const answered = new Set(
    attempts.flatMap(({ responseHeaders }) => Object.keys(responseHeaders ?? {}).map((name) => name.toLowerCase())),
  );
  return [
    row("At", ({ at }) => at),
    row("Sent to", ({ url }) => url),
    row("Signature", ({ requestHeaders }) => findHeader(requestHeaders, "x-onsync-signature")),
    row("Answer", ({ statusCode, error }) => statusCode ?? error),
    row("Took", ({ durationMs }) => `${durationMs} ms`),
    ...[...answered].sort().map((name) => row(name, ({ responseHeaders }) => findHeader(responseHeaders, name))),
    row("Body", ({ responseBody }) => (responseBody === "" ? "empty" : responseBody)),
  ];
}

export function comparisonTable(attempts) {
  return h(
    "div",
    { class: "table-place", tabindex: "0", role: "region", "aria-label": "Attempts side by side" },
    h(
      "table",
      { class: "comparison" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("td", {}),
          attempts.map((_attempt, index) => h("th", { scope: "col" }, `Attempt ${index + 1}`)),
        ),
      ),
      h(
        "tbody",
        {},
        compareAttempts(attempts).map(({ name, values, differ }) =>
          h(
            "tr",
            { class: differ ? "differs" : undefined },
            h("th", { scope: "row" }, name, differ && h("span", { class: "visually-hidden" }, ", which differs")),
            values.map((value) => h("td", {}, h("code", { dir: "auto" }, value))),
          ),
        ),
      ),
    ),
  );
}
