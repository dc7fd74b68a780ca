/** The test clock: windows, the refill of the rate limit and delivery retries follow it. */
import { control } from "../api.js";
import { h } from "../dom.js";
import { attempt, button, chip, field } from "../parts.js";
import { dayOf, isFrozen, now, retick, secondsOf, setClock, withTime } from "../time.js";

const minute = 60_000;
const steps = [
  ["+ 1 min", minute],
  ["+ 10 min", 10 * minute],
  ["+ 1 h", 60 * minute],
  ["+ 24 h", 24 * 60 * minute],
];

function turn(change) {
  return attempt(async () => {
    const { now: reading, frozen } = await control.post("clock", change);
    setClock(reading, frozen);
    retick();
  });
}

/** The value a `datetime-local` input has for an instant. */
function localValue(instant) {
  const date = new Date(instant);
  return new Date(instant - date.getTimezoneOffset() * minute).toISOString().slice(0, 16);
}

export function createClockPanel() {
  const time = h("p", { class: "big-time" });
  const day = h("p", { class: "soft" });
  const state = h("p", {});
  const freeze = button("", () => turn(isFrozen() ? { resume: true } : { freeze: true }), { kind: "primary" });
  const at = h("input", { type: "datetime-local", value: localValue(now()) });

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
        button(label, () => turn({ advanceMs }), { "aria-label": `Advance ${label.slice(2)}` }),
      ),
      button("Real time", () => turn({ now: Date.now(), resume: true })),
    ),
    h(
      "form",
      {
        class: "inline",
        on: {
          submit: (event) => {
            event.preventDefault();
            if (at.value) turn({ now: new Date(at.value).getTime() });
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
    time.textContent = secondsOf(iso);
    day.textContent = dayOf(iso);
    const label = isFrozen() ? "Resume" : "Freeze";
    if (freeze.textContent === label) return;
    freeze.textContent = label;
    state.replaceChildren(isFrozen() ? chip("frozen", "warn") : chip("running", "good"));
  };
  withTime(element, draw);
  return { element, draw };
}
