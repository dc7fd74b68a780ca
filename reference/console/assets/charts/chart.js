/** A chart over time: a picture, what its tones mean, and the same numbers as a table. */
import { h, svg } from "../dom.js";
import { formatDateTime, formatTime } from "../time/format.js";
import { drawLine, findMax, stackBars } from "./scale.js";

const width = 600;
const height = 130;

function formatNumber(value) {
  return value === null ? "–" : value.toLocaleString("en");
}

/** A pattern beside the tone, so that the tone alone says nothing. */
function legendItem(series) {
  return h(
    "ul",
    { class: "legend" },
    series.map(({ name, label, total }) =>
      h(
        "li",
        {},
        h("span", { class: `swatch series-${name}`, "aria-hidden": "true" }),
        label,
        total !== undefined && h("span", { class: "strong number" }, formatNumber(total)),
      ),
    ),
  );
}

function picture({ steps, series, kind, max }) {
  const names = series.map(({ name }) => name);
  const size = { width, height, max };
  const shapes =
    kind === "bars"
      ? stackBars(steps, names, size).map(({ name, ...place }) => svg("rect", { class: `series-${name}`, ...place }))
      : series.map(({ name }) =>
          svg("path", {
            class: `line series-${name}`,
            d: drawLine(
              steps.map((step) => step[name]),
              size,
            ),
          }),
        );
  return svg(
    "svg",
    { class: "plot", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    [0, 0.5, 1].map((share) =>
      svg("line", { class: "rule", x1: 0, x2: width, y1: height * share, y2: height * share }),
    ),
    shapes,
  );
}

/** The steps in which something was. */
function tableItem({ title, steps, series }) {
  const filled = steps.filter((step) => series.some(({ name }) => step[name]));
  return h(
    "details",
    { class: "numbers" },
    h("summary", {}, `${title} as numbers`),
    filled.length === 0
      ? h("p", { class: "soft" }, "Nothing in this time.")
      : h(
          "div",
          { class: "table-place", tabindex: "0", role: "region", "aria-label": `${title} as numbers` },
          h(
            "table",
            {},
            h("caption", { class: "visually-hidden" }, title),
            h(
              "thead",
              {},
              h(
                "tr",
                {},
                [["From"], ...series.map(({ label }) => [label])].map(([text]) => h("th", { scope: "col" }, text)),
              ),
            ),
            h(
              "tbody",
              {},
              filled.map((step) =>
                h(
                  "tr",
                  {},
                  h("th", { scope: "row" }, h("time", { datetime: step.at }, formatDateTime(step.at))),
                  series.map(({ name }) => h("td", {}, formatNumber(step[name]))),
                ),
              ),
            ),
          ),
        ),
  );
}

/**
 * @param kind `bars` on top of one another, or `lines`
 * @param series name, label and (of bars) the total of each
 * @param unit of the numbers, beside the largest
 */
export function chart({ title, help, kind, series, steps, unit = "", least = 0 }) {
  const names = series.map(({ name }) => name);
  const max = Math.max(least, findMax(steps, names, kind === "bars"));
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", {}, h("h2", {}, title), h("p", { class: "soft" }, help)),
    legendItem(series),
    h(
      "div",
      { class: "plot-place" },
      h("p", { class: "soft max", "aria-hidden": "true" }, `${formatNumber(max)}${unit}`),
      picture({ steps, series, kind, max }),
      h(
        "p",
        { class: "soft axis", "aria-hidden": "true" },
        h("span", {}, formatTime(steps[0].at)),
        h("span", {}, formatTime(steps[Math.floor(steps.length / 2)].at)),
        h("span", {}, "now"),
      ),
    ),
    tableItem({ title, steps, series }),
  );
}
