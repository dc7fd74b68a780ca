/** The rate budget as a gauge: an arc that empties with each request and refills over the hour. */
import { h, svg } from "../dom.js";
import { formatDuration } from "../time/format.js";
import { now, updateEverySecond } from "../time/server-clock.js";

const radius = 54;
/** Three quarters of a circle. */
const arcLength = 2 * Math.PI * radius * 0.75;

function arc(attributes) {
  return svg("circle", {
    cx: 64,
    cy: 64,
    r: radius,
    transform: "rotate(135 64 64)",
    "stroke-dasharray": `${arcLength} ${2 * Math.PI * radius}`,
    ...attributes,
  });
}

const hourMs = 60 * 60 * 1000;

/** What is left of a budget that was read some time ago, and how long until it is full. */
function refill({ limit, remaining, fullInMs }, passedMs) {
  const untilFullMs = fullInMs - passedMs;
  const isFull = untilFullMs < 1000;
  const left = isFull ? limit : Math.min(limit, Math.floor(remaining + (passedMs * limit) / hourMs));
  return { left, isFull, untilFullMs };
}

/** The gauge, and the parts of it that change. */
function gaugeElements() {
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
  const help = h(
    "p",
    { class: "soft" },
    "All keys of the org share it. It refills evenly over the hour; 4xx answers count, a 429 does not.",
  );
  const element = h("div", { class: "budget" }, meter, h("div", {}, of, text, help));
  return { element, filled, meter, count, of, text };
}

export function createGauge() {
  let budget;
  let readAt = 0;
  const { element, filled, meter, count, of, text } = gaugeElements();

  const draw = () => {
    if (!budget) return;
    const { limit } = budget;
    const { left, isFull, untilFullMs } = refill(budget, Math.max(0, now() - readAt));
    const share = left / limit;
    filled.setAttribute("stroke-dasharray", `${arcLength * share} ${2 * Math.PI * radius}`);
    meter.classList.toggle("low", share < 0.1);
    meter.setAttribute("aria-valuenow", String(left));
    meter.setAttribute("aria-valuemax", String(limit));
    meter.setAttribute("aria-valuetext", `${left} of ${limit}`);
    count.textContent = left.toLocaleString("en");
    of.textContent = `requests left, of ${limit.toLocaleString("en")} an hour`;
    text.textContent = isFull
      ? "The budget is full."
      : `Full again in ${formatDuration(untilFullMs)} if nothing more is spent.`;
  };

  updateEverySecond(element, draw);
  return {
    element,
    show: (read) => {
      budget = read;
      readAt = now();
      draw();
    },
  };
}
