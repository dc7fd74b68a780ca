/** The rate budget as a gauge: an arc that empties with each request and refills over the hour. */
import { h, svg } from "../dom.js";
import { duration, now, withTime } from "../time.js";

const radius = 54;
/** Three quarters of a circle. */
const length = 2 * Math.PI * radius * 0.75;

function arc(attributes) {
  return svg("circle", {
    cx: 64,
    cy: 64,
    r: radius,
    transform: "rotate(135 64 64)",
    "stroke-dasharray": `${length} ${2 * Math.PI * radius}`,
    ...attributes,
  });
}

const hourMs = 60 * 60 * 1000;

export function createGauge() {
  let budget;
  let readAt = 0;
  const filled = arc({ class: "gauge-fill" });
  const picture = svg("svg", { viewBox: "0 0 128 128", "aria-hidden": "true" }, arc({ class: "gauge-track" }), filled);
  const count = h("p", { class: "gauge-count" });
  const of = h("p", { class: "gauge-of" });
  const meter = h(
    "div",
    { class: "gauge", role: "meter", "aria-label": "Requests left", "aria-valuemin": "0" },
    picture,
    count,
  );
  const text = h("p", {});
  const element = h(
    "div",
    { class: "budget" },
    meter,
    h(
      "div",
      {},
      of,
      text,
      h(
        "p",
        { class: "soft" },
        "All keys of the org share it. It refills evenly over the hour; 4xx answers count, a 429 does not.",
      ),
    ),
  );

  const draw = () => {
    if (!budget) return;
    const { limit, remaining, fullInMs } = budget;
    const passed = Math.max(0, now() - readAt);
    const untilFull = fullInMs - passed;
    const isFull = untilFull < 1000;
    const left = isFull ? limit : Math.min(limit, Math.floor(remaining + (passed * limit) / hourMs));
    const share = left / limit;
    filled.setAttribute("stroke-dasharray", `${length * share} ${2 * Math.PI * radius}`);
    meter.classList.toggle("low", share < 0.1);
    meter.setAttribute("aria-valuenow", String(left));
    meter.setAttribute("aria-valuemax", String(limit));
    meter.setAttribute("aria-valuetext", `${left} of ${limit}`);
    count.textContent = left.toLocaleString("en");
    of.textContent = `requests left, of ${limit.toLocaleString("en")} an hour`;
    text.textContent = isFull
      ? "The budget is full."
      : `Full again in ${duration(untilFull)} if nothing more is spent.`;
  };

  withTime(element, draw);
  return {
    element,
    show: (read) => {
      budget = read;
      readAt = now();
      draw();
    },
  };
}
