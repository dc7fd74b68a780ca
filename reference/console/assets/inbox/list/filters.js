/** What the list of conversations is narrowed to: words, a status, a channel, an assignee. */
import { h } from "../../dom.js";
import { select } from "../../elements/form.js";
import { searchInput } from "../../lists/search-input.js";
import { platformNames } from "../../platforms.js";

const statuses = [
  ["", "Status"],
  ["open", "Open"],
  ["assigned", "Assigned"],
  ["resolved", "Resolved"],
];
const channels = [["", "Channel"], ...Object.entries(platformNames)];

function listAssignees(teammates) {
  return [["", "Assignee"], ["none", "Unassigned"], ...teammates.map(({ id, name }) => [id, name])];
}

/** @param changed is called when the list is to be another one */
export function createFilters(changed) {
  const query = searchInput("Search conversations", "Name, phone or text", changed);
  const status = select(statuses, "", { "aria-label": "Status", on: { change: changed } });
  const platform = select(channels, "", { "aria-label": "Channel", on: { change: changed } });
  const assignee = select(listAssignees([]), "", { "aria-label": "Assignee", on: { change: changed } });
  return {
    element: h("search", { class: "filters" }, query, h("div", { class: "filter-row" }, status, platform, assignee)),
    focus: () => query.focus(),
    read: () => ({
      query: query.value.trim(),
      status: status.value,
      platform: platform.value,
      assignee: assignee.value,
    }),
    isNarrowed: () => [query.value.trim(), status.value, platform.value, assignee.value].some(Boolean),
    clear: () => {
      for (const control of [query, status, platform, assignee]) control.value = "";
      changed();
    },
    setTeammates: (teammates) => {
      const { value } = assignee;
      const options = listAssignees(teammates);
      assignee.replaceChildren(...options.map(([id, name]) => h("option", { value: id }, name)));
      assignee.value = options.some(([id]) => id === value) ? value : "";
    },
  };
}
