/** Summaries of conversations: switched on and off, and what they say. */
import { controlApi, encodeId } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList, userText } from "../dom.js";
import { empty } from "../elements/display.js";
import { field, form } from "../elements/form.js";
import { withOrg } from "../org/address.js";
import { createAge } from "../time/format.js";

function summaryItem({ conversationId, text, createdAt }) {
  return h(
    "li",
    { class: "row" },
    h(
      "div",
      { class: "row-head" },
      h("h3", {}, h("a", { href: `#/inbox/${encodeId(conversationId)}` }, userText(conversationId))),
      createAge(createdAt),
    ),
    userText(text, "p", { class: "text" }),
  );
}

export function createSummariesPanel() {
  const enabled = h("input", { type: "checkbox", name: "enabled" });
  const every = h("input", { type: "number", name: "everyMessages", min: "1", max: "100", inputmode: "numeric" });
  const items = h("ul", { class: "rows" });
  const below = h("div");
  const settings = form(
    () =>
      controlApi.put(
        "summaries",
        withOrg({ enabled: enabled.checked, ...(every.value !== "" && { everyMessages: Number(every.value) }) }),
      ),
    { label: "Set the summaries", kind: "quiet" },
    h("label", { class: "check" }, enabled, " Summarise conversations"),
    h("div", { class: "grid" }, field("After so many messages", every, "And when a conversation is closed.")),
  );
  const element = h(
    "section",
    { "aria-labelledby": "summaries-title" },
    h("h2", { id: "summaries-title" }, "AI Agent summaries"),
    h(
      "p",
      { class: "soft" },
      "A stand-in without a model: the same conversation always gives the same words. They are kept as the contact's property conversationSummary, and arrive with contact.updated.",
    ),
    settings,
    items,
    below,
  );
  const read = coalesceCalls(async () => {
    const { data, ...current } = await controlApi.get("summaries", withOrg({ limit: 20 }));
    // What somebody is writing is theirs until it is set.
    if (!settings.contains(document.activeElement) || document.activeElement.tagName === "BUTTON") {
      enabled.checked = current.enabled;
      every.value = String(current.everyMessages);
    }
    renderList(items, data, (summary) => summary.conversationId, summaryItem);
    renderIfChanged(below, { none: data.length === 0, on: current.enabled }, ({ none, on }) =>
      none && on ? empty("None yet", "The first comes with the next messages.") : h("div"),
    );
  });
  return { element, read };
}
