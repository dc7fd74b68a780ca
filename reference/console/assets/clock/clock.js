/** The test clock: windows, the refill of the rate limit and delivery retries follow it. */
import { controlApi } from "../api.js";
import { h } from "../dom.js";
import { button } from "../elements/button.js";
import { chip } from "../elements/display.js";
import { field } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";
import { formatDay, formatSeconds } from "../time/format.js";
import { isFrozen, now, setClock, updateEverySecond, updateNow } from "../time/server-clock.js";

const minute = 60_000;
const steps = [
  ["+ 1 min", minute],
  ["+ 10 min", 10 * minute],
  ["+ 1 h", 60 * minute],
  ["+ 24 h", 24 * 60 * minute],
];

function changeClock(change) {
  return toastErrors(async () => {
    const { now: reading, frozen } = await controlApi.post("clock", change);
    setClock(reading, frozen);
    updateNow();
  });
}

/** The value a `datetime-local` input has for an instant. */
function toLocalInput(instant) {
  const date = new Date(instant);
  return new Date(instant - date.getTimezoneOffset() * minute).toISOString().slice(0, 16);
}

export function createClockPanel() {
  const time = h("p", { class: "big-time" });
  const day = h("p", { class: "soft" });
  const state = h("p", {});
  const freeze = button("", () => changeClock(isFrozen() ? { resume: true } : { freeze: true }), { kind: "primary" });
  const at = h("input", { type: "datetime-local", value: toLocalInput(now()) });

  const element = h(
    "section",
    { "aria-labelledby": "clock-title" },
    h("h2", { id: "clock-title" }, "Clock"),
    h("div", { class: "clock-face" }, h("div", {}, time, day), state),
    h(
      "div",
      { class: "buttons" },
      freeze,
      steps.map(([label, advanceMs]) =>
        button(label, () => changeClock({ advanceMs }), { "aria-label": `Advance ${label.slice(2)}` }),
      ),
      button("Real time", () => changeClock({ now: Date.now(), resume: true })),
    ),
    h(
      "form",
      {
        class: "inline",
        on: {
          submit: (event) => {
            event.preventDefault();
            if (at.value) changeClock({ now: new Date(at.value).getTime() });
          },
        },
      },
      field("Set it to", at),
      h("button", { type: "submit", class: "quiet" }, "Set"),
    ),
    h(
      "p",
      { class: "soft" },
      "Advancing goes through everything that falls due on the way: each retry is made at its own time.",
    ),
  );

  const draw = () => {
    const iso = new Date(now()).toISOString();
    time.textContent = formatSeconds(iso);
    day.textContent = formatDay(iso);
    const label = isFrozen() ? "Resume" : "Freeze";
    if (freeze.textContent === label) return;
    freeze.textContent = label;
    state.replaceChildren(isFrozen() ? chip("frozen", "warn") : chip("running", "good"));
  };
  updateEverySecond(element, draw);
  return { element, draw };
}
