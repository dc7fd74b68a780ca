/** The inbox: conversations on the left, the one that is read on the right; on a phone, one after the other. */
import { h } from "../dom.js";
import { createConversationList } from "../inbox/conversation-list.js";
import { createThread } from "../inbox/thread.js";

export function inboxPage(page) {
  let current;
  const conversations = createConversationList();
  const detail = h("section", { class: "detail", "aria-label": "Conversation" });
  const thread = createThread(detail);
  page.classList.add("split");
  page.append(conversations.element, detail);

  return {
    show: async ([conversationId]) => {
      current = conversationId;
      conversations.mark(current);
      page.classList.toggle("has-detail", current !== undefined);
      await Promise.all([conversations.refresh(), thread.show(current)]);
    },
    changed: async (kinds, changes) => {
      if (["template", "everything"].some((kind) => kinds.has(kind))) await thread.templatesChanged();
      if (!["conversation", "contact", "clock", "everything"].some((kind) => kinds.has(kind))) return;
      const concernsThread = changes.some(({ kind, id }) => kind !== "conversation" || id === current);
      await Promise.all([conversations.refresh(), concernsThread && thread.refresh(kinds)]);
    },
  };
}
