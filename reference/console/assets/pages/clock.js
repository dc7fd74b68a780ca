/** Clock and faults: what tests turn, by hand. */
import { createClockPanel } from "../clock/clock.js";
import { createFaultsPanel } from "../clock/faults.js";
import { createStartOverPanel } from "../clock/start-over.js";
import { h } from "../dom.js";

export const clockPage = (page) => {
  const clock = createClockPanel();
  const faults = createFaultsPanel();
  page.classList.add("sheet");
  page.append(h("h1", {}, "Clock & Faults"), clock.element, faults.element, createStartOverPanel());
  return {
    show: faults.read,
    changed: (kinds) => {
      if (kinds.has("clock") || kinds.has("everything")) clock.draw();
      return ["faults", "request", "everything"].some((kind) => kinds.has(kind)) ? faults.read() : undefined;
    },
  };
};
