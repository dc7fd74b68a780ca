/**
 * The messages of a conversation, the latest at the end. Whoever reads at the end stays there; whoever reads elsewhere
 * keeps the place, and is told how many came below.
 */
import { addRovingTabindex, h } from "../dom.js";
import { button } from "../elements/button.js";
import { createShownMessages } from "./shown-messages.js";

function toCountText(count) {
  return count === 1 ? "1 new message" : `${count} new messages`;
}

/** What is on the page, apart from what it does. */
function threadFrame(showEnd) {
  const list = h("ol", { class: "messages", "aria-label": "Messages" });
  addRovingTabindex(list, "summary", { startAtEnd: true });
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Thread" }, list);
  const below = button("", showEnd, { kind: "new-below", hidden: true });
  const told = h("p", { class: "visually-hidden", role: "status" });
  const element = h("div", { class: "thread" }, scroller, below, told);
  /** @param count of the messages below that are new; `undefined`: one reads at the end */
  const showBelow = (count) => {
    below.hidden = count === undefined;
    below.textContent = count > 0 ? `${toCountText(count)} ↓` : "Latest ↓";
    const text = count > 0 ? toCountText(count) : "";
    if (told.textContent !== text) told.textContent = text;
  };
  return { element, scroller, list, showBelow };
}

/**
 * @param readEarlier resolves when {@link show} was given earlier messages
 * @param seen is called when the latest message is in view
 */
export function createMessageList(readEarlier, seen) {
  /** Of the latest message that was in view; text that sorts as time does. */
  let seenUntil;
  /** The id of a message that is to be in view as soon as it is there. */
  let awaited;
  let wasAtEnd = true;
  const { element, scroller, list, showBelow } = threadFrame(() => scrollToEnd());
  const messages = createShownMessages(scroller, list, readEarlier);

  function noteSeen() {
    wasAtEnd = true;
    seenUntil = messages.getLatest();
    showBelow(undefined);
    if (seenUntil) seen(seenUntil);
  }

  function scrollToEnd() {
    messages.drawAtEnd();
    noteSeen();
  }

  const noteScroll = () => {
    wasAtEnd = messages.isAtEnd();
    if (wasAtEnd) noteSeen();
    else showBelow(messages.countAfter(seenUntil));
  };
  scroller.addEventListener("scroll", noteScroll, { passive: true });
  // A keyboard comes up, or the box to write in grows: the end stays in view.
  new ResizeObserver(() => wasAtEnd && scrollToEnd()).observe(scroller);

  return {
    element,
    focus: () => scroller.focus(),
    /** @param more whether there are earlier ones that were not read */
    show: (read, more) => {
      const wasFollowing = seenUntil === undefined || messages.isAtEnd();
      messages.set(read, more);
      if (wasFollowing || messages.has(awaited)) {
        awaited = undefined;
        scrollToEnd();
        return;
      }
      messages.drawInPlace();
      showBelow(messages.countAfter(seenUntil));
    },
    /** What one has sent is shown, wherever one was reading. */
    reveal: (messageId) => {
      if (messages.has(messageId)) scrollToEnd();
      else awaited = messageId;
    },
    clear: () => {
      seenUntil = undefined;
      awaited = undefined;
      wasAtEnd = true;
      messages.clear();
      showBelow(undefined);
    },
  };
}
