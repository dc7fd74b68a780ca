/** The conversations on the left. */
import { consoleApi, encodeId } from "../../api.js";
import { button } from "../../elements/button.js";
import { empty } from "../../elements/display.js";
import { createListView } from "../../lists/list-view.js";
import { now } from "../../time/server-clock.js";
import { listDrafts } from "../composer/drafts.js";
import { isUnread, readMarks } from "../unread.js";
import { conversationItem } from "./conversation-item.js";
import { createFilters } from "./filters.js";
import { startConversation } from "./start-conversation.js";

function openConversation(conversationId) {
  location.hash = `#/inbox/${encodeId(conversationId)}`;
}

export function createConversationList() {
  /** What this browser knows of the conversations, read once for each drawing. */
  let marks = readMarks();
  let drafts = listDrafts();
  const readKept = () => {
    marks = readMarks();
    drafts = listDrafts();
  };
  const filters = createFilters(() => view.search());
  const view = createListView({
    title: { page: "Inbox", list: "Conversations" },
    action: button("Write as a customer", () => startConversation(openConversation)),
    filters,
    readPage: (filter, page) => consoleApi.get("conversations", { ...filter, ...page }),
    describe: (conversation) => ({
      unread: isUnread(conversation, marks, now()),
      draft: drafts.has(conversation.id),
    }),
    renderItem: conversationItem,
    renderNone: () =>
      filters.isNarrowed()
        ? empty("None found", "No conversation fits.", button("Show all", filters.clear))
        : empty("No conversations yet", "Write as a customer, or send a message through the API."),
    open: openConversation,
  });
  return {
    ...view,
    setTeammates: filters.setTeammates,
    focusSearch: filters.focus,
    /** What was read, or begun to be written, shows in the list. */
    redraw: () => {
      readKept();
      view.redraw();
    },
    mark: (id) => {
      readKept();
      view.mark(id);
    },
  };
}
