/** The server's time, which may stand still or run elsewhere, and what is written again as it passes. */

let clock = { now: Date.now(), at: performance.now(), frozen: false };

/** Every answer says what time it is there. */
export function setClock(timestamp, frozen = clock.frozen) {
  clock = { now: Date.parse(timestamp), at: performance.now(), frozen };
}

export function isFrozen() {
  return clock.frozen;
}

export function now() {
  return clock.frozen ? clock.now : clock.now + performance.now() - clock.at;
}

const watched = new Set();

/** Writes now what {@link updateEverySecond} writes: the clock was moved. */
export function updateNow() {
  for (const one of watched) {
    if (one.element.isConnected) one.update();
    else if (one.seen) watched.delete(one);
    one.seen ||= one.element.isConnected;
  }
}

setInterval(updateNow, 1000);

/** Writes what depends on the time again each second, as long as the element is shown. */
export function updateEverySecond(element, update) {
  const one = { element, update: () => update(element), seen: false };
  one.update();
  watched.add(one);
  return element;
}
