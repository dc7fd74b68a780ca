/** The messages that are on the page: drawn so that what somebody reads stays where it is. */
import { renderList } from "../dom.js";
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

/**
 * @param scroller with `list` in it; what leads to others is put around the list
 * @param readEarlier resolves when {@link set} was given earlier messages
 */
export function createShownMessages(scroller, list, readEarlier) {
  let messages = [];
  let hasMore = false;
  const shown = createMessageWindow();

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

  function drawInPlace() {
    const top = findTopMessage(list, scroller);
    const offset = top && top.offsetTop - scroller.scrollTop;
    shown.keepStart(messages);
    draw();
    const kept = top && list.querySelector(`[data-id="${CSS.escape(top.dataset.id)}"]`);
    if (kept) scroller.scrollTop = kept.offsetTop - offset;
  }

  return {
    drawInPlace,
    drawAtEnd: () => {
      shown.toEnd(messages);
      draw();
      scroller.scrollTop = scroller.scrollHeight;
    },
    isAtEnd: () => {
      const isWhole = shown.read(messages).end === messages.length;
      return isWhole && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEnd;
    },
    /** Draws nothing. */
    set: (others, more) => {
      messages = others;
      hasMore = more;
    },
    has: (messageId) => messages.some(({ id }) => id === messageId),
    getLatest: () => messages.at(-1)?.createdAt,
    countAfter: (moment) => messages.length - 1 - messages.findLastIndex(({ createdAt }) => createdAt <= moment),
    clear: () => {
      messages = [];
      hasMore = false;
      shown.startOver();
      draw();
    },
  };
}
