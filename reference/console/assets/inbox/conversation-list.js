/** The conversations on the left, of one status or of all. */
import { consoleApi, encodeId } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { addRovingTabindex, h, renderIfChanged, renderList } from "../dom.js";
import { button } from "../elements/button.js";
import { empty } from "../elements/display.js";
import { select } from "../elements/form.js";
import { conversationItem } from "./conversation-item.js";
import { startConversation } from "./start-conversation.js";

const statuses = [
  ["", "All"],
  ["open", "Open"],
  ["assigned", "Assigned"],
  ["resolved", "Resolved"],
];
const firstPage = 50;
const maxConversations = 500;

function openConversation(conversationId) {
  location.hash = `#/inbox/${encodeId(conversationId)}`;
}

function noConversations(status) {
  return status === ""
    ? empty("No conversations yet", "Write as a customer, or send a message through the API.")
    : empty("None here", "No conversation has this status.");
}

export function createConversationList() {
  let current;
  let conversations = [];
  let limit = firstPage;
  const status = select(statuses, "", { "aria-label": "Show", on: { change: () => refresh() } });
  const items = h("ul", { class: "items" });
  const below = h("div");
  addRovingTabindex(items, "a");

  const showMore = (shown) => {
    const more = button("Show more", () => {
      limit = maxConversations;
      refresh();
    });
    more.hidden = shown < limit;
    return more;
  };

  const draw = () => {
    renderList(
      items,
      conversations.map((conversation) => ({ ...conversation, current: conversation.id === current })),
      (conversation) => conversation.id,
      conversationItem,
    );
    renderIfChanged(below, { shown: conversations.length, status: status.value }, (state) =>
      state.shown === 0 ? noConversations(state.status) : showMore(state.shown),
    );
  };

  const refresh = coalesceCalls(async () => {
    const { data } = await consoleApi.get("conversations", { status: status.value, limit });
    conversations = data;
    draw();
  });

  const element = h(
    "section",
    { class: "master", "aria-label": "Conversations" },
    h("div", { class: "master-head" }, h("h1", {}, "Inbox"), status),
    h(
      "div",
      { class: "master-act" },
      button("Write as a customer", () => startConversation(openConversation)),
    ),
    items,
    below,
  );
  return {
    element,
    refresh,
    /** Marks the one that is read. */
    mark: (conversationId) => {
      current = conversationId;
      draw();
    },
  };
}
