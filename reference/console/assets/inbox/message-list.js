/**
 * The messages of a conversation, the latest at the end. Whoever reads at the end stays there; whoever reads elsewhere
 * keeps the place, and is told how many came below.
 */
import { addRovingTabindex, h, renderList } from "../dom.js";
import { button } from "../elements/button.js";
import { createMore } from "../lists/more.js";
import { messageItem } from "./message-item.js";
import { createMessageWindow } from "./message-window.js";

/** Somebody who is this near to the end, in pixels, follows it. */
const nearEnd = 80;

function markFirstOfDay(messages) {
  let before;
  return messages.map((message) => {
    const day = new Date(message.createdAt).toDateString();
    const isFirst = day !== before;
    before = day;
    return { ...message, day: isFirst };
  });
}

/** The message that begins or goes on at the top of what is seen: the list is in order, so halving finds it. */
function findTopMessage(list, scroller) {
  let low = 0;
  let high = list.children.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { offsetTop, offsetHeight } = list.children[middle];
    if (offsetTop + offsetHeight > scroller.scrollTop) high = middle;
    else low = middle + 1;
  }
  return list.children[low];
}

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
  let messages = [];
  let hasMore = false;
  /** Of the latest message that was in view; text that sorts as time does. */
  let seenUntil;
  /** The id of a message that is to be in view as soon as it is there. */
  let awaited;
  let wasAtEnd = true;
  const shown = createMessageWindow();
  const { element, scroller, list, showBelow } = threadFrame(() => scrollToEnd());

  const earlier = createMore("Earlier messages", scroller, async () => {
    if (shown.read(messages).start === 0) await readEarlier();
    shown.earlier(messages);
    drawInPlace();
  });
  const later = createMore("Later messages", scroller, async () => {
    shown.later(messages);
    drawInPlace();
  });
  scroller.prepend(earlier.element);
  scroller.append(later.element);

  function draw() {
    const { start, end } = shown.read(messages);
    renderList(list, markFirstOfDay(messages.slice(start, end)), ({ id }) => id, messageItem);
    earlier.show(start > 0 || hasMore);
    later.show(end < messages.length);
  }

  /** What somebody reads stays where it is, whatever comes and goes around it. */
  function drawInPlace() {
    const top = findTopMessage(list, scroller);
    const offset = top && top.offsetTop - scroller.scrollTop;
    draw();
    const kept = top && findMessage(top.dataset.id);
    if (kept) scroller.scrollTop = kept.offsetTop - offset;
  }

  function findMessage(id) {
    return list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  function isAtEnd() {
    const { end } = shown.read(messages);
    return end === messages.length && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEnd;
  }

  function countNew() {
    return messages.length - 1 - messages.findLastIndex(({ createdAt }) => createdAt <= seenUntil);
  }

  function noteSeen() {
    wasAtEnd = true;
    seenUntil = messages.at(-1)?.createdAt;
    showBelow(undefined);
    if (seenUntil) seen(seenUntil);
  }

  function scrollToEnd() {
    shown.toEnd(messages);
    draw();
    scroller.scrollTop = scroller.scrollHeight;
    noteSeen();
  }

  scroller.addEventListener(
    "scroll",
    () => {
      wasAtEnd = isAtEnd();
      if (wasAtEnd) noteSeen();
      else showBelow(countNew());
    },
    { passive: true },
  );
  // A keyboard comes up, or the box to write in grows: the end stays in view.
  new ResizeObserver(() => wasAtEnd && scrollToEnd()).observe(scroller);

  return {
    element,
    focus: () => scroller.focus(),
    /** @param more whether there are earlier ones that were not read */
    show: (read, more) => {
      const follows = seenUntil === undefined || isAtEnd() || read.some(({ id }) => id === awaited);
      messages = read;
      hasMore = more;
      if (follows) {
        awaited = undefined;
        scrollToEnd();
        return;
      }
      drawInPlace();
      showBelow(countNew());
    },
    /** What one has sent is shown, wherever one was reading. */
    reveal: (messageId) => {
      if (messages.some(({ id }) => id === messageId)) scrollToEnd();
      else awaited = messageId;
    },
    clear: () => {
      messages = [];
      hasMore = false;
      seenUntil = undefined;
      awaited = undefined;
      wasAtEnd = true;
      shown.startOver();
      showBelow(undefined);
      draw();
    },
  };
}
