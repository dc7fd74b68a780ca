/** How times are written. */
import { now, updateEverySecond } from "./server-clock.js";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `2 d 4 h`, `3 h 12 min`, `41 s`: two units at most. */
export function formatDuration(ms) {
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
export function formatAge(iso) {
  const ms = now() - Date.parse(iso);
  if (ms < minute) return ms < -minute ? formatTime(iso) : "now";
  const [unit, size] = ms < hour ? ["min", minute] : ms < day ? ["h", hour] : ["d", day];
  return `${Math.floor(ms / size)} ${unit}`;
}

function createFormat(options) {
  return new Intl.DateTimeFormat("en-GB", { hourCycle: "h23", ...options });
}

const clockTime = createFormat({ hour: "2-digit", minute: "2-digit" });
const clockSeconds = createFormat({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayName = createFormat({ weekday: "long", day: "numeric", month: "long" });
const whole = createFormat({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

export function formatTime(iso) {
  return clockTime.format(new Date(iso));
}

export function formatSeconds(iso) {
  return clockSeconds.format(new Date(iso));
}

export function formatDay(iso) {
  return dayName.format(new Date(iso));
}

export function formatDateTime(iso) {
  return whole.format(new Date(iso));
}

/** A `<time>` that says how long ago it was, and on a closer look when. */
export function createAge(iso) {
  const element = document.createElement("time");
  element.dateTime = iso;
  element.title = formatDateTime(iso);
  return updateEverySecond(element, (time) => {
    const text = formatAge(iso);
    if (time.textContent !== text) time.textContent = text;
  });
}
