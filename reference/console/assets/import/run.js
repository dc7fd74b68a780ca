/** An import at work, stopped, or at its end. */
import { consoleApi } from "../api.js";
import { h, renderIfChanged } from "../dom.js";
import { button } from "../elements/button.js";
import { chip } from "../elements/display.js";
import { toastErrors } from "../elements/toast.js";
import { askToLeave, fileHead, findingsTable, formatCount, formatNumber, formatWait, stat } from "./words.js";

const states = {
  running: ["Running", "accent"],
  stopped: ["Stopped", "warn"],
  failed: ["Stopped", "bad"],
  done: ["Done", "good"],
};

function figures({ created, updated, unchanged, refused, left }) {
  return h(
    "dl",
    { class: "stats" },
    stat("Created", formatNumber(created)),
    stat("Updated", formatNumber(updated)),
    stat("Unchanged", formatNumber(unchanged)),
    stat("Refused", formatNumber(refused), refused > 0 ? "bad" : ""),
    stat("Requests left", formatNumber(left)),
  );
}

function sentence({ state, run, hourly }) {
  const { requests, lost, open, failure, finishesInMs, left } = run;
  if (state === "failed") return [failure.message, failure.advice].join(" ");
  const more = [
    lost > 0 &&
      `${formatCount(lost, "row")} were sent again after an answer was lost: whether one overwrote what somebody else changed in between cannot be told.`,
    open > 0 && `${formatCount(open, "row")} were on their way, and are sent again.`,
  ];
  const first = {
    running:
      left === 0
        ? "The last answers come in."
        : `Done in ${formatWait(finishesInMs)}, at ${formatNumber(hourly.allowed)} requests an hour. You can leave this page: it goes on.`,
    stopped: "What was sent is noted, and is not sent again when you go on.",
    done: `${formatCount(requests ?? 0, "request")} were made.`.replace("1 request were", "1 request was"),
  }[state];
  return [first, ...more].filter(Boolean).join(" ");
}

/** As a file, from what the server gives: it is asked for with a token, which no link carries. */
async function downloadRefused() {
  const { name, text } = await consoleApi.get("import/refused");
  const link = h("a", { href: URL.createObjectURL(new Blob([text])), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function refusals({ refusals: listed, refused }, isOver) {
  if (refused === 0) return null;
  return [
    h("h2", {}, "Rows that were refused"),
    isOver
      ? h(
          "div",
          { class: "lead" },
          h(
            "p",
            {},
            "The file has the same columns, and why each row was refused. Mend it there, and import that file.",
          ),
          button("Download the refused rows", () => toastErrors(downloadRefused)),
        )
      : h("p", { class: "soft" }, "A file of them can be had at the end."),
    findingsTable("Rows that were refused", listed),
    refused > listed.length &&
      h("p", { class: "soft" }, `The first ${formatNumber(listed.length)} of ${formatNumber(refused)}.`),
  ];
}

function notesList({ notes }) {
  if (notes.length === 0) return null;
  return [
    h("h2", {}, "Taken otherwise than they stand"),
    h(
      "ul",
      { class: "clusters" },
      notes.map(({ line, text }) => h("li", {}, `Line ${formatNumber(line)}: ${text}`)),
    ),
  ];
}

function progressBar() {
  return h("progress", { "aria-label": "Requests made", max: "1" });
}

/** @param act does what is given, and shows what there is then */
export function createRunView(act) {
  const doThis = (work) => toastErrors(() => act(work));
  const leave = async () => {
    if (current.state === "done" || (await askToLeave())) await doThis(() => consoleApi.delete("import"));
  };
  let current;
  const [head, title, numbers, listed] = [h("div"), h("div"), h("div"), h("div")];
  const bar = progressBar();
  const text = h("p", {});
  const stop = button("Stop", () => doThis(() => consoleApi.post("import/stop")));
  const goOn = button("Go on", () => doThis(() => consoleApi.post("import/start")), { kind: "primary" });
  const planAgain = button("Change the plan", () => doThis(() => consoleApi.patch("import", {})));
  const buttons = h("div", { class: "buttons" }, stop, goOn, planAgain);

  return {
    element: h(
      "div",
      { class: "import-stage" },
      head,
      h("section", { "aria-label": "The import", class: "run" }, title, bar, numbers, text, buttons),
      listed,
    ),
    draw: (found) => {
      current = found;
      const { file, state, run } = found;
      const isOver = state === "done";
      renderIfChanged(head, { file }, () => fileHead(found, leave));
      renderIfChanged(title, { state }, () => h("p", {}, chip(...states[state])));
      bar.max = Math.max(1, run.planned);
      bar.value = isOver ? bar.max : Math.max(0, run.planned - run.left);
      renderIfChanged(numbers, run, figures);
      const said = sentence(found);
      if (text.textContent !== said) text.textContent = said;
      text.classList.toggle("failure", state === "failed");
      stop.hidden = state !== "running";
      goOn.hidden = state !== "stopped" && state !== "failed";
      planAgain.hidden = goOn.hidden;
      buttons.hidden = isOver;
      const rows = { refusals: run.refusals, refused: run.refused, notes: run.notes, isOver };
      renderIfChanged(listed, rows, (shown) =>
        h("div", { class: "import-stage" }, refusals(shown, isOver), notesList(shown)),
      );
    },
    announcement: ({ state, run }) =>
      state === "done"
        ? `The import is done: ${run.created} created, ${run.updated} updated, ${run.refused} refused.`
        : `The import is ${state === "running" ? "running" : "stopped"}.`,
  };
}
