/** The inbox: conversations on the left, the one that is read on the right; on a phone, one after the other. */
import { consoleApi } from "../api.js";
import { h } from "../dom.js";
import { toggleResolved } from "../inbox/actions.js";
import { createConversationList } from "../inbox/list/conversation-list.js";
import { createThread } from "../inbox/thread.js";

function listIds(changes, kind) {
  return changes.flatMap((change) => (change.kind === kind && change.id !== undefined ? [change.id] : []));
}

export function inboxPage(page) {
  let current;
  const conversations = createConversationList();
  const detail = h("section", { class: "detail", "aria-label": "Conversation" });
  const thread = createThread(detail, conversations.redraw);
  page.classList.add("split");
  page.append(conversations.element, detail);

  async function readTeammates() {
    const { teammates } = await consoleApi.get("overview");
    conversations.setTeammates(teammates);
    thread.setTeammates(teammates);
  }
  const known = readTeammates();

  /** Which conversations show something else now: those that changed, and those of contacts that did. */
  function listTouched(changes) {
    const contacts = new Set(listIds(changes, "contact"));
    // The one that is read may be in no list: deeper than what was read of it, or not among those it is narrowed to.
    const shown = [...conversations.getRows(), thread.getConversation()].filter(Boolean);
    const theirs = shown.filter(({ contactId }) => contacts.has(contactId));
    return [...listIds(changes, "conversation"), ...theirs.map(({ id }) => id)];
  }

  function withCurrent(work) {
    const conversation = thread.getConversation();
    if (conversation) work(conversation);
  }

  return {
    show: async ([conversationId]) => {
      current = conversationId;
      conversations.mark(current);
      page.classList.toggle("has-detail", current !== undefined);
      await Promise.all([thread.show(current), conversations.refresh([]), known]);
    },
    changed: async (kinds, changes) => {
      if (kinds.has("everything")) {
        await Promise.all([thread.refresh(), conversations.refresh(), readTeammates(), thread.templatesChanged()]);
        return;
      }
      if (kinds.has("template")) await thread.templatesChanged();
      if (kinds.has("clock")) await Promise.all([thread.refresh([]), conversations.refresh()]);
      if (!["conversation", "contact"].some((kind) => kinds.has(kind))) return;
      const touched = listTouched(changes);
      await Promise.all([
        touched.includes(current) && thread.refresh(listIds(changes, "message")),
        conversations.refresh(touched),
      ]);
    },
    commands: () => [
      { keys: "j", title: "Next conversation", repeats: true, run: () => conversations.step(1) },
      { keys: "k", title: "Previous conversation", repeats: true, run: () => conversations.step(-1) },
      { keys: "/", title: "Search conversations", run: conversations.focusSearch },
      { keys: "r", title: "Reply", run: () => withCurrent(thread.focusComposer) },
      { keys: "e", title: "Resolve or reopen the conversation", run: () => withCurrent(toggleResolved) },
    ],
  };
}
