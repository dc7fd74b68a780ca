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

/** Weak, so that an element that was replaced takes no memory; one that is put away for a while is written on. */
const watched = new Set();
const updates = new WeakMap();

/** Writes now what {@link updateEverySecond} writes: the clock was moved. */
export function updateNow() {
  for (const reference of watched) {
    const element = reference.deref();
    if (element === undefined) watched.delete(reference);
    else if (element.isConnected) updates.get(element)(element);
  }
}

setInterval(updateNow, 1000);

/** Writes what depends on the time again each second, as long as the element is shown; an element has one such update. */
export function updateEverySecond(element, update) {
  update(element);
  updates.set(element, update);
  watched.add(new WeakRef(element));
  return element;
}
