/** The inbox: conversations on the left, the one that is read on the right; on a phone, one after the other. */
import { id, own } from "../api.js";
import { h, keyed, redraw, roving } from "../dom.js";
import { conversationItem } from "../inbox/conversation-item.js";
import { startConversation } from "../inbox/start.js";
import { createThread } from "../inbox/thread.js";
import { button, empty, select } from "../parts.js";
import { refreshing } from "../refresh.js";

const statuses = [
  ["", "All"],
  ["open", "Open"],
  ["assigned", "Assigned"],
  ["resolved", "Resolved"],
];

export function inboxPage(page) {
  let current;
  let conversations = [];
  let limit = 50;

  const filter = select(statuses, "", { "aria-label": "Show", on: { change: () => list() } });
  const items = h("ul", { class: "items" });
  const below = h("div");
  const threadPlace = h("section", { class: "detail", "aria-label": "Conversation" });
  const thread = createThread(threadPlace);
  roving(items, "a");

  page.classList.add("split");
  page.append(
    h(
      "section",
      { class: "master", "aria-label": "Conversations" },
      h("div", { class: "master-head" }, h("h1", {}, "Inbox"), filter),
      h(
        "div",
        { class: "master-act" },
        button("Write as a customer", () => startConversation(open)),
      ),
      items,
      below,
    ),
    threadPlace,
  );

  const open = (conversationId) => {
    location.hash = `#/inbox/${id(conversationId)}`;
  };

  const draw = () => {
    keyed(
      items,
      conversations.map((conversation) => ({ ...conversation, current: conversation.id === current })),
      (conversation) => conversation.id,
      conversationItem,
    );
    redraw(below, { shown: conversations.length, status: filter.value }, ({ shown, status }) => {
      if (shown === 0) {
        return status === ""
          ? empty("No conversations yet", "Write as a customer, or send a message through the API.")
          : empty("None here", "No conversation has this status.");
      }
      const more = button("Show more", () => {
        limit = 500;
        list();
      });
      more.hidden = shown < limit;
      return more;
    });
    page.classList.toggle("has-detail", current !== undefined);
  };

  const list = refreshing(async () => {
    const { data } = await own.get("conversations", { status: filter.value, limit });
    conversations = data;
    draw();
  });

  return {
    show: async ([conversationId]) => {
      current = conversationId;
      draw();
      await Promise.all([list(), thread.show(conversationId)]);
    },
    changed: async (kinds, changes) => {
      if (["template", "everything"].some((kind) => kinds.has(kind))) await thread.templatesChanged();
      if (!["conversation", "contact", "clock", "everything"].some((kind) => kinds.has(kind))) return;
      const mine = changes.some(({ kind, id: changed }) => kind !== "conversation" || changed === current);
      await Promise.all([list(), mine && thread.refresh(kinds)]);
    },
  };
}
