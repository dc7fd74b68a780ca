/** What happened over the last hour, or day: charts of the counters that the reference keeps. */
import { consoleApi } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged } from "../dom.js";
import { select } from "../elements/form.js";
import { updateEverySecond } from "../time/server-clock.js";
import { chart } from "./chart.js";

const ranges = [
  ["hour", "The last hour"],
  ["six_hours", "The last six hours"],
  ["day", "The last day"],
];

function withTotals(steps, series) {
  return series.map(([name, label]) => ({ name, label, total: steps.reduce((sum, step) => sum + step[name], 0) }));
}

/** Bars are counted, lines are measured. `{limit}` is the org's budget. */
const charts = [
  {
    title: "Deliveries",
    help: "Attempts at webhook endpoints, by what became of the delivery.",
    bars: [
      ["delivered", "Delivered"],
      ["retried", "To be tried again"],
      ["failed", "Given up"],
    ],
  },
  {
    title: "Time of attempts",
    help: "How long endpoints took to answer.",
    unit: " ms",
    lines: [
      ["attemptMean", "Mean, ms"],
      ["attemptMax", "Longest, ms"],
    ],
  },
  {
    title: "Requests",
    help: "Calls of the API with the org's keys, by their answer.",
    bars: [
      ["succeeded", "Succeeded"],
      ["refused", "Refused: 4xx"],
      ["broken", "Failed: 5xx"],
    ],
  },
  {
    title: "Budget",
    help: "The least that was left of the org's {limit} requests an hour.",
    reachesLimit: true,
    lines: [["remaining", "Left"]],
  },
  {
    title: "Time of requests",
    help: "How long the API took, faults included.",
    unit: " ms",
    lines: [
      ["requestMean", "Mean, ms"],
      ["requestMax", "Longest, ms"],
    ],
  },
  {
    title: "Messages",
    help: "By direction, whoever sent them.",
    bars: [
      ["inbound", "From customers"],
      ["outbound", "To customers"],
    ],
  },
];

function chartsItem({ data: steps, limit }) {
  return h(
    "div",
    { class: "charts-grid" },
    charts.map(({ title, help, unit, bars, lines, reachesLimit }) =>
      chart({
        title,
        help: help.replace("{limit}", limit.toLocaleString("en")),
        unit,
        steps,
        kind: bars ? "bars" : "lines",
        series: bars ? withTotals(steps, bars) : lines.map(([name, label]) => ({ name, label })),
        least: reachesLimit ? limit : 0,
      }),
    ),
  );
}

export function createCharts() {
  const range = select(ranges, "hour", { "aria-label": "Which time", on: { change: () => read() } });
  const place = h("div");
  const element = h(
    "div",
    { class: "charts" },
    h(
      "div",
      { class: "lead" },
      h("p", {}, "Counted since the server was started, by its clock; a day is kept, in memory."),
      range,
    ),
    place,
  );
  const read = coalesceCalls(async () => {
    const { data, limit, stepMs } = await consoleApi.get("charts", { range: range.value });
    renderIfChanged(place, { data, limit, stepMs }, chartsItem);
  });
  let second = 0;
  // A chart goes on when nothing happens, too.
  updateEverySecond(element, () => {
    second += 1;
    if (second % 20 === 0 && element.isConnected) read().catch(() => {});
  });
  return { element, read };
}
