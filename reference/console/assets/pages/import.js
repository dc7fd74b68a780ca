/** A file of contacts: chosen, planned, run, and what was refused of it. */
import { consoleApi } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged } from "../dom.js";
import { empty } from "../elements/display.js";
import { createFileChoice } from "../import/choose-file.js";
import { createPlanView } from "../import/plan.js";
import { createRunView } from "../import/run.js";
import { updateEverySecond } from "../time/server-clock.js";

export function importPage(page) {
  let current = null;
  const place = h("div", { class: "import-stage" });
  const announced = h("p", { class: "visually-hidden", role: "status" });
  page.classList.add("sheet");
  page.append(h("h1", {}, "Import"), announced, place);

  /** What somebody does here, and what there is then. */
  const act = async (work) => show((await work()).import);
  const views = {
    choice: createFileChoice(act),
    plan: createPlanView(act),
    run: createRunView(act),
  };

  const show = (found) => {
    current = found;
    const name = found === null ? "choice" : found.state === "ready" ? "plan" : "run";
    const view = views[name];
    if (place.firstChild !== view.element) place.replaceChildren(view.element);
    view.draw(found);
    if (announced.textContent !== view.announcement(found)) announced.textContent = view.announcement(found);
  };

  const read = coalesceCalls(async () => {
    try {
      show((await consoleApi.get("import")).import);
    } catch (error) {
      if (error.status !== 404) throw error;
      renderIfChanged(place, error.message, (message) => empty("No import here", message));
    }
  });

  // The end of it is no request that could be told of.
  updateEverySecond(place, () => {
    if (current?.state === "running") read().catch(() => {});
  });
  return {
    show: read,
    changed: (kinds) => (["import", "request", "everything"].some((kind) => kinds.has(kind)) ? read() : undefined),
  };
}
