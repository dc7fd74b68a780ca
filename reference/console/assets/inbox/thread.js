/** The conversation that is read: who it is, what was said, and the box to say more. */
import { consoleApi, encodeId } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged } from "../dom.js";
import { empty } from "../elements/display.js";
import { createComposer } from "./composer.js";
import { createMessageList } from "./message-list.js";
import { threadHead } from "./thread-head.js";

export function createThread(place) {
  let current;
  let teammates = [];
  const head = h("div");
  const messages = createMessageList(() => refresh());
  const composer = createComposer();

  /** New messages come into view where the end was in view. */
  const draw = (state, isOpened) => {
    const isAtEnd = isOpened || messages.isAtEnd();
    renderIfChanged(head, { conversation: state.conversation, teammates }, threadHead);
    messages.show(state.messages, state.more);
    composer.show(state.conversation, state.contact);
    if (isAtEnd) messages.scrollToEnd();
  };

  const read = async (isOpened) => {
    const asked = current;
    if (asked === undefined) {
      place.replaceChildren(empty("No conversation is open", "Choose one on the left to read it and to answer."));
      return;
    }
    try {
      if (teammates.length === 0) teammates = (await consoleApi.get("overview")).teammates;
      const state = await consoleApi.get(`conversations/${encodeId(asked)}`, { limit: messages.getLimit() });
      if (asked !== current) return;
      if (!messages.element.isConnected) place.replaceChildren(head, messages.element, composer.element);
      draw(state, isOpened);
    } catch (error) {
      if (asked !== current) return;
      place.replaceChildren(
        empty("It cannot be shown", error.message, h("a", { href: "#/inbox" }, "Back to the inbox")),
      );
    }
  };
  const refresh = coalesceCalls(() => read(false));

  return {
    show: async (conversationId) => {
      const isOpened = conversationId !== current;
      current = conversationId;
      if (isOpened) {
        messages.clear();
        composer.clear();
      }
      await read(isOpened);
    },
    /** @param kinds of what changed */
    refresh: (kinds) => {
      // After a reset they are others.
      if (kinds.has("everything")) teammates = [];
      return refresh();
    },
    templatesChanged: composer.templatesChanged,
  };
}
