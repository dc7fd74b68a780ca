/**
 * Which messages of a long thread are on the page: so many at most, around where somebody reads. A thread of thousands
 * costs no more to draw than one of hundreds.
 */

export const maxShown = 300;
const step = 100;
const atFirst = 50;

/** The messages from `start` up to, and without, `end`. A window at the end follows what is new. */
export function createMessageWindow() {
  /** By their ids, so that the window stays where it is when earlier messages are read. */
  let firstId;
  /** `undefined`: the window goes to the end. */
  let lastId;

  function find(messages) {
    const start = messages.findIndex(({ id }) => id === firstId);
    const last = lastId === undefined ? messages.length - 1 : messages.findIndex(({ id }) => id === lastId);
    const end = last < 0 ? messages.length : last + 1;
    return { start: start < 0 || start >= end ? Math.max(0, end - atFirst) : start, end };
  }

  function move(messages, start, end) {
    firstId = messages[start]?.id;
    lastId = end >= messages.length ? undefined : messages[end - 1]?.id;
  }

  return {
    read: (messages) => {
      const { start, end } = find(messages);
      // What follows the end grows with what is new; what one reads above stays.
      const from = lastId === undefined ? Math.max(start, end - maxShown) : start;
      move(messages, from, end);
      return { start: from, end };
    },
    earlier: (messages) => {
      const { start, end } = find(messages);
      const from = Math.max(0, start - step);
      move(messages, from, Math.min(end, from + maxShown));
    },
    later: (messages) => {
      const { start, end } = find(messages);
      const to = Math.min(messages.length, end + step);
      move(messages, Math.max(start, to - maxShown), to);
    },
    /** What one reads stays, however much is new below. */
    keepStart: (messages) => {
      const { start, end } = find(messages);
      move(messages, start, Math.min(end, start + maxShown));
    },
    toEnd: (messages) => {
      const { start, end } = find(messages);
      move(messages, end === messages.length ? start : Math.max(0, messages.length - atFirst), messages.length);
    },
    startOver: () => {
      firstId = undefined;
      lastId = undefined;
    },
  };
}
