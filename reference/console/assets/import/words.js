/** What imports are told in. */
import { h, userText } from "../dom.js";
import { button } from "../elements/button.js";
import { askToConfirm } from "../elements/dialog.js";
import { formatDuration } from "../time/format.js";

export function formatNumber(number) {
  return number.toLocaleString("en");
}

/** As in `1 request` and `1,000 requests`. */
export function formatCount(number, what) {
  return `${formatNumber(number)} ${what}${number === 1 ? "" : "s"}`;
}

/** How long it takes; the server's clock may stand still. */
export function formatWait(ms) {
  return ms < 60_000 ? "less than a minute" : `about ${formatDuration(ms)}`;
}

export function stat(name, value, kind = "") {
  return h("div", { class: kind }, h("dt", {}, name), h("dd", {}, value));
}

function formatSize(bytes) {
  return bytes < 1024
    ? formatCount(bytes, "byte")
    : bytes < 1024 * 1024
      ? `${Math.round(bytes / 1024)} KiB`
      : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** The file, and a way to another one. @param leave forgets it */
export function fileHead({ file }, leave) {
  return h(
    "div",
    { class: "import-file" },
    h(
      "div",
      {},
      userText(file.name, "p", { class: "strong url" }),
      h("p", { class: "soft" }, `${file.description} · ${formatSize(file.size)}`),
    ),
    button("Another file", leave),
  );
}

export function askToLeave() {
  return askToConfirm(
    "Leave this import?",
    "What was sent stays. What is left is not sent, and the file is removed from this server.",
    "Leave it",
  );
}

/** Rows and what is wrong with each: its line, the field, the reason, and the request where there was one. */
export function findingsTable(label, findings) {
  const withRequests = findings.some(({ requestId }) => requestId);
  return h(
    "div",
    { class: "scroll-table", tabindex: "0", role: "region", "aria-label": label },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Line", "Field", "Reason", ...(withRequests ? ["Request id"] : [])].map((name) =>
            h("th", { scope: "col" }, name),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        findings.map(({ line, field, reason, requestId }) =>
          h(
            "tr",
            {},
            h("td", { class: "number" }, formatNumber(line)),
            h("td", {}, field ? h("code", {}, field) : ""),
            userText(reason, "td", { class: "reason" }),
            withRequests && h("td", {}, requestId ? h("code", {}, requestId) : ""),
          ),
        ),
      ),
    ),
  );
}
