/** Clock, faults and behaviour: what tests turn, by hand. */
import { createBehaviourPanel } from "../clock/behaviour.js";
import { createClockPanel } from "../clock/clock.js";
import { createFaultsPanel } from "../clock/faults.js";
import { createStartOverPanel } from "../clock/start-over.js";
import { h } from "../dom.js";

export function clockPage(page) {
  const clock = createClockPanel();
  const faults = createFaultsPanel();
  const behaviour = createBehaviourPanel();
  const read = () => Promise.all([faults.read(), behaviour.read()]);
  page.classList.add("sheet");
  page.append(h("h1", {}, "Clock & Faults"), clock.element, faults.element, behaviour.element, createStartOverPanel());
  return {
    show: read,
    changed: (kinds) => {
      if (kinds.has("clock") || kinds.has("everything")) clock.draw();
      return ["faults", "request", "behaviour", "everything"].some((kind) => kinds.has(kind)) ? read() : undefined;
    },
  };
}
