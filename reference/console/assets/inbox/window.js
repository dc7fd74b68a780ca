/** WhatsApp's 24-hour window: whether it is open, and for how long. */
import { h } from "../dom.js";
import { formatDateTime, formatDuration } from "../time/format.js";
import { now, updateEverySecond } from "../time/server-clock.js";

const dayMs = 24 * 60 * 60 * 1000;

/** `null` on platforms that have none. */
export function getWindowLeft({ platform, windowClosesAt }) {
  return platform !== "whatsapp" ? null : windowClosesAt === null ? 0 : Math.max(0, Date.parse(windowClosesAt) - now());
}

/** Hours up to the last: nobody thinks of a 24-hour window in days. */
function formatLeft(left) {
  return left >= dayMs ? "24 h" : formatDuration(left);
}

export function isWindowClosed(conversation) {
  return getWindowLeft(conversation) === 0;
}

export function windowChip(conversation) {
  if (getWindowLeft(conversation) === null) return null;
  return updateEverySecond(h("span", { class: "chip" }), (element) => {
    const left = getWindowLeft(conversation);
    const text = left === 0 ? "window closed" : `${formatLeft(left).replace(/(h|min) .*/, "$1")} left`;
    if (element.textContent === text) return;
    element.textContent = text;
    element.className = `chip ${left === 0 ? "plain" : left < dayMs / 12 ? "warn" : "good"}`;
  });
}

/** The window as a bar that runs out, with its countdown. */
export function windowBar(conversation) {
  if (getWindowLeft(conversation) === null) return null;
  const bar = h("span", { class: "bar" });
  const text = h("span", { class: "window-text" });
  const element = h("p", { class: "window" }, h("span", { class: "track", "aria-hidden": "true" }, bar), text);
  return updateEverySecond(element, () => {
    const left = getWindowLeft(conversation);
    bar.style.inlineSize = `${(left / dayMs) * 100}%`;
    element.classList.toggle("closed", left === 0);
    element.classList.toggle("ending", left > 0 && left < dayMs / 12);
    text.textContent =
      left > 0
        ? `24-hour window open for ${formatLeft(left)}`
        : conversation.windowClosesAt === null
          ? "24-hour window closed: the customer has not written yet"
          : `24-hour window closed since ${formatDateTime(conversation.windowClosesAt)}`;
  });
}
