/** The server's time, which may stand still or run elsewhere, and how times are written. */

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

const ticking = new Set();

function tick() {
  for (const one of ticking) {
    if (one.element.isConnected) one.update();
    else if (one.seen) ticking.delete(one);
    one.seen ||= one.element.isConnected;
  }
}

setInterval(tick, 1000);

/** Writes what depends on the time again each second, as long as the element is shown. */
export function withTime(element, update) {
  const one = { element, update: () => update(element), seen: false };
  one.update();
  ticking.add(one);
  return element;
}

export const retick = tick;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `2 d 4 h`, `3 h 12 min`, `41 s`: two units at most. */
export function duration(ms) {
  const units = [
    ["d", day],
    ["h", hour],
    ["min", minute],
    ["s", second],
  ];
  const first = units.findIndex(([, size]) => Math.abs(ms) >= size);
  if (first < 0) return "0 s";
  let rest = Math.abs(ms);
  return units
    .slice(first, first + 2)
    .map(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count === 0 ? "" : `${count} ${unit}`;
    })
    .filter(Boolean)
    .join(" ");
}

/** How long ago, in one unit. */
export function ago(iso) {
  const ms = now() - Date.parse(iso);
  if (ms < minute) return ms < -minute ? timeOf(iso) : "now";
  const [unit, size] = ms < hour ? ["min", minute] : ms < day ? ["h", hour] : ["d", day];
  return `${Math.floor(ms / size)} ${unit}`;
}

function format(options) {
  return new Intl.DateTimeFormat("en-GB", { hourCycle: "h23", ...options });
}

const clockTime = format({ hour: "2-digit", minute: "2-digit" });
const clockSeconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayName = format({ weekday: "long", day: "numeric", month: "long" });
const whole = format({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

export function timeOf(iso) {
  return clockTime.format(new Date(iso));
}

export function secondsOf(iso) {
  return clockSeconds.format(new Date(iso));
}

export function dayOf(iso) {
  return dayName.format(new Date(iso));
}

export function fullTime(iso) {
  return whole.format(new Date(iso));
}

/** A `<time>` that says how long ago it was, and on a closer look when. */
export function agoElement(iso) {
  const element = document.createElement("time");
  element.dateTime = iso;
  element.title = fullTime(iso);
  return withTime(element, (time) => {
    const text = ago(iso);
    if (time.textContent !== text) time.textContent = text;
  });
}
