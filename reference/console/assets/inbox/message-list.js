/** The messages of a conversation, the latest at the end, and a button for earlier ones. */
import { h, renderList } from "../dom.js";
import { button } from "../elements/button.js";
import { messageItem } from "./message-item.js";

const firstPage = 50;
const nextPage = 100;
const maxMessages = 500;
/** Somebody who is this near to the end, in pixels, follows it. */
const nearEnd = 80;

function markFirstOfDay(messages) {
  return messages.map((message, index) => ({
    ...message,
    day: new Date(message.createdAt).toDateString() !== new Date(messages[index - 1]?.createdAt ?? 0).toDateString(),
  }));
}

/** @param limitChanged is called when earlier messages are wanted */
export function createMessageList(limitChanged) {
  let limit = firstPage;
  const earlier = button(
    "Earlier messages",
    () => {
      limit = Math.min(limit + nextPage, maxMessages);
      limitChanged();
    },
    { hidden: true },
  );
  const messages = h("ol", { class: "messages", "aria-label": "Messages" });
  const element = h(
    "div",
    { class: "scroller", tabindex: "0", role: "region", "aria-label": "Thread" },
    earlier,
    messages,
  );
  return {
    element,
    getLimit: () => limit,
    isAtEnd: () => element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd,
    scrollToEnd: () => {
      element.scrollTop = element.scrollHeight;
    },
    show: (shown, more) => {
      renderList(messages, markFirstOfDay(shown), (message) => message.id, messageItem);
      earlier.hidden = !more || limit >= maxMessages;
    },
    clear: () => {
      limit = firstPage;
      messages.replaceChildren();
    },
  };
}
