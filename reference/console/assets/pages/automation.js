/** What messages set off by themselves: Smart Triggers, summaries, and the carrier that takes them on. */
import { createCarrierPanel } from "../automation/carrier.js";
import { createRunsPanel } from "../automation/runs.js";
import { createSummariesPanel } from "../automation/summaries.js";
import { createTriggersPanel } from "../automation/triggers.js";
import { h } from "../dom.js";

export function automationPage(page) {
  const panels = [createTriggersPanel(), createRunsPanel(), createSummariesPanel(), createCarrierPanel()];
  const read = () => Promise.all(panels.map((panel) => panel.read()));
  page.classList.add("sheet");
  page.append(h("h1", {}, "Automation"), ...panels.map(({ element }) => element));
  return {
    show: read,
    changed: (kinds) => (kinds.has("automation") || kinds.has("everything") ? read() : undefined),
  };
}
