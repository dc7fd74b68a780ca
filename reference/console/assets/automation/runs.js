/** What Smart Triggers did, newest first. */
import { controlApi, encodeId } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList, userText } from "../dom.js";
import { empty } from "../elements/display.js";
import { withOrg } from "../org/address.js";
import { createAge } from "../time/format.js";
import { describeOutcome } from "./words.js";

const shownRuns = 50;

function runItem({ triggerName, conversationId, outcomes, createdAt }) {
  return h(
    "li",
    {},
    createAge(createdAt),
    userText(triggerName, "strong"),
    h("a", { href: `#/inbox/${encodeId(conversationId)}` }, userText(conversationId)),
    userText(outcomes.map(describeOutcome).join("; "), "span", { class: "outcomes" }),
  );
}

export function createRunsPanel() {
  const items = h("ul", { class: "lines" });
  const below = h("div");
  const element = h(
    "section",
    { "aria-labelledby": "runs-title" },
    h("h2", { id: "runs-title" }, "What they did"),
    items,
    below,
  );
  const read = coalesceCalls(async () => {
    const { data } = await controlApi.get("trigger-runs", withOrg({ limit: shownRuns }));
    renderList(items, data, (run) => `${run.triggerId} ${run.messageId}`, runItem);
    renderIfChanged(below, data.length, (count) =>
      count === 0
        ? empty("Nothing yet", "Each message that sets a trigger off is listed here.")
        : count === shownRuns
          ? h("p", { class: "soft" }, `The latest ${shownRuns}. GET /_control/trigger-runs has up to 1000.`)
          : h("div"),
    );
  });
  return { element, read };
}
