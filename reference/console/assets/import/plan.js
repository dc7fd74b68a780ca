/** What an import would do, before anything is sent. */
import { consoleApi } from "../api.js";
import { h, renderIfChanged } from "../dom.js";
import { button } from "../elements/button.js";
import { toast, toastErrors } from "../elements/toast.js";
import { createColumns } from "./columns.js";
import { createRules } from "./rules.js";
import { fileHead, findingsTable, formatCount, formatNumber, formatWait, stat } from "./words.js";

function clusterItem({ lines, more, fields }) {
  const listed = `${lines.map(formatNumber).join(", ")}${more > 0 ? ` and ${formatNumber(more)} more` : ""}`;
  return h("li", {}, `Lines ${listed} share ${fields.map((name) => name.replace("properties.", "")).join(" and ")}`);
}

function figures(plan) {
  const { rows, valid, invalid, held, unchanged, settled, requests } = plan;
  return h(
    "dl",
    { class: "stats" },
    stat("Rows", formatNumber(rows)),
    stat("Valid", formatNumber(valid)),
    stat("Not valid", formatNumber(invalid), invalid > 0 ? "bad" : ""),
    stat("Held back", formatNumber(held), held > 0 ? "warn" : ""),
    stat("Unchanged", formatNumber(unchanged)),
    settled > 0 && stat("Done before", formatNumber(settled)),
    stat("Requests", formatNumber(requests)),
  );
}

function pace({ requests, tagRequests, finishesInMs, open }, { limit, allowed }) {
  if (requests === 0) return "Nothing is to be sent: every row was sent before as it stands, or is not sent.";
  return [
    `${formatCount(requests, "request")} at ${formatNumber(allowed)} an hour, of the org's ${formatNumber(limit)}: done in ${formatWait(finishesInMs)}.`,
    tagRequests > 0 && `Of those, up to ${formatNumber(tagRequests)} are for tags.`,
    open > 0 && `${formatCount(open, "row")} were on their way when it was stopped, and are sent again.`,
  ]
    .filter(Boolean)
    .join(" ");
}

function outcome({ plan, hourly }) {
  if (plan === null)
    return h(
      "p",
      { class: "notice" },
      "No column is a phone, an e-mail address or an external id, by which OnSync finds contacts. Say above which is one. If the file has no line of column names, give it one.",
    );
  const { invalid, problems, clusters, groups } = plan;
  return h(
    "div",
    { class: "import-stage" },
    figures(plan),
    h("p", {}, pace(plan, hourly)),
    problems.length > 0 && [
      h("h3", {}, "Rows that are not valid"),
      findingsTable("Rows that are not valid", problems),
      invalid > problems.length &&
        h("p", { class: "soft" }, `The first ${formatNumber(problems.length)} of ${formatNumber(invalid)}.`),
    ],
    clusters.length > 0 && [
      h("h3", {}, "Rows that share an identifier"),
      h("p", { class: "soft" }, "OnSync takes them for one contact, so that the later would overwrite the earlier."),
      h("ul", { class: "clusters" }, clusters.map(clusterItem)),
      groups > clusters.length &&
        h("p", { class: "soft" }, `The first ${formatNumber(clusters.length)} of ${formatCount(groups, "group")}.`),
    ],
  );
}

/** What the button says that begins it. */
function startLabel({ requests, invalid, held }) {
  if (requests > 0) return `Start: ${formatCount(requests, "request")}`;
  return invalid + held > 0 ? "Get the refused rows" : "Nothing to send";
}

/** @param act does what is given, and shows what there is then */
export function createPlanView(act) {
  const place = h("div");
  const head = h("div");
  const change = async (settings) => {
    start.disabled = true;
    rules.clear();
    try {
      await act(() => consoleApi.patch("import", settings));
    } catch (error) {
      if (!rules.showFindings(error)) toast(error.message, "bad");
      start.disabled = false;
    }
  };
  const columns = createColumns(change);
  const rules = createRules(change);
  const start = button("Start", () => toastErrors(() => act(() => consoleApi.post("import/start"))), {
    kind: "primary",
  });
  const leave = () => toastErrors(() => act(() => consoleApi.delete("import")));

  return {
    element: h(
      "div",
      { class: "import-stage" },
      head,
      columns.element,
      rules.element,
      h(
        "section",
        { "aria-labelledby": "plan-title" },
        h("h2", { id: "plan-title" }, "What will happen"),
        place,
        h("div", { class: "buttons" }, start),
      ),
    ),
    draw: (found) => {
      const { file, plan, hourly } = found;
      renderIfChanged(head, { file }, () => fileHead(found, leave));
      columns.draw(found);
      rules.draw(found);
      // A wait is told to the minute: less would be drawn anew all the time.
      const shown = plan && {
        ...plan,
        finishesAt: undefined,
        finishesInMs: Math.round(plan.finishesInMs / 60_000) * 60_000,
      };
      renderIfChanged(place, { plan: shown, hourly }, outcome);
      const label = plan === null ? "Start" : startLabel(plan);
      if (start.textContent !== label) start.textContent = label;
      start.disabled = plan === null || label === "Nothing to send";
    },
    announcement: ({ plan }) =>
      plan === null
        ? "No column is an identifier."
        : `The plan: ${formatCount(plan.rows, "row")}, ${formatNumber(plan.invalid)} not valid, ${formatCount(plan.requests, "request")}.`,
  };
}
