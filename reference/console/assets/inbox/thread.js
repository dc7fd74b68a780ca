/** The conversation that is read: who it is, what was said, and the box to say more. */
import { consoleApi, encodeId } from "../api.js";
import { h, renderIfChanged } from "../dom.js";
import { empty } from "../elements/display.js";
import { createPagedList } from "../lists/paged-list.js";
import { createComposer } from "./composer/composer.js";
import { createMessageList } from "./message-list.js";
import { threadHead } from "./thread-head.js";
import { markRead } from "./unread.js";

/** A conversation and as much of its history as was read. */
function createHistory(conversationId) {
  let about;
  const list = createPagedList({
    positionOf: ({ createdAt }) => [Date.parse(createdAt)],
    readPage: async (page) => {
      const { conversation, contact, messages, more } = await consoleApi.get(
        `conversations/${encodeId(conversationId)}`,
        page,
      );
      about = { conversation, contact };
      return { rows: messages.reverse(), more };
    },
  });
  return {
    ...list,
    conversationId,
    getAbout: () => about,
    refresh: async (ids) => {
      try {
        await list.refresh(ids);
      } catch (error) {
        // Nothing that is left of it is to be shown.
        about = undefined;
        throw error;
      }
    },
  };
}

function noConversation() {
  return empty("No conversation is open", "Choose one on the left to read it and to answer.");
}

function cannotBeShown({ message }) {
  return empty("It cannot be shown", message, h("a", { href: "#/inbox" }, "Back to the inbox"));
}

/** @param readOn is called when the latest message of a conversation was seen that was unread before */
export function createThread(place, readOn) {
  /** What is shown; `undefined` where no conversation is open. */
  let history;
  let teammates = [];
  const head = h("div");
  const messages = createMessageList(
    async () => {
      const asked = history;
      await asked.readMore();
      if (history === asked) draw();
    },
    (latest) => {
      if (history && !document.hidden && markRead(history.conversationId, latest)) readOn();
    },
  );
  const composer = createComposer({
    sent: (message) => {
      if (message.conversationId === history?.getAbout()?.conversation.id) messages.reveal(message.id);
    },
    leave: messages.focus,
  });

  function draw() {
    const { conversation, contact } = history.getAbout();
    if (!messages.element.isConnected) place.replaceChildren(head, messages.element, composer.element);
    renderIfChanged(head, { conversation, teammates }, threadHead);
    composer.show(conversation, contact);
    messages.show(history.getRows().toReversed(), history.hasMore());
  }

  async function read(ids) {
    const asked = history;
    if (asked === undefined) return place.replaceChildren(noConversation());
    try {
      await asked.refresh(ids);
      if (asked === history) draw();
    } catch (error) {
      if (asked === history) place.replaceChildren(cannotBeShown(error));
    }
  }

  return {
    show: async (conversationId) => {
      if (history && conversationId === history.conversationId) return read([]);
      messages.clear();
      composer.clear();
      history = conversationId === undefined ? undefined : createHistory(conversationId);
      await read();
    },
    /** @param ids of the messages that changed; left out, all is read again */
    refresh: read,
    setTeammates: (others) => {
      teammates = others;
      if (history?.getAbout()) draw();
    },
    getConversation: () => history?.getAbout()?.conversation,
    focusComposer: composer.focus,
    templatesChanged: composer.templatesChanged,
  };
}
