/** WhatsApp's 24-hour window: whether it is open, and for how long. */
import { h } from "../dom.js";
import { duration, fullTime, now, withTime } from "../time.js";

const dayMs = 24 * 60 * 60 * 1000;

/** `null` on platforms that have none. */
export function windowLeft({ platform, windowClosesAt }) {
  return platform !== "whatsapp" ? null : windowClosesAt === null ? 0 : Math.max(0, Date.parse(windowClosesAt) - now());
}

/** Hours up to the last: nobody thinks of a 24-hour window in days. */
function leftText(left) {
  return left >= dayMs ? "24 h" : duration(left);
}

export function isClosed(conversation) {
  return windowLeft(conversation) === 0;
}

export function windowChip(conversation) {
  if (windowLeft(conversation) === null) return null;
  return withTime(h("span", { class: "chip" }), (element) => {
    const left = windowLeft(conversation);
    const text = left === 0 ? "window closed" : `${leftText(left).replace(/(h|min) .*/, "$1")} left`;
    if (element.textContent === text) return;
    element.textContent = text;
    element.className = `chip ${left === 0 ? "plain" : left < dayMs / 12 ? "warn" : "good"}`;
  });
}

/** The window as a bar that runs out, with its countdown. */
export function windowBar(conversation) {
  if (windowLeft(conversation) === null) return null;
  const bar = h("span", { class: "bar" });
  const text = h("span", { class: "window-text" });
  const element = h("p", { class: "window" }, h("span", { class: "track", "aria-hidden": "true" }, bar), text);
  return withTime(element, () => {
    const left = windowLeft(conversation);
    bar.style.inlineSize = `${(left / dayMs) * 100}%`;
    element.classList.toggle("closed", left === 0);
    element.classList.toggle("ending", left > 0 && left < dayMs / 12);
    text.textContent =
      left > 0
        ? `24-hour window open for ${leftText(left)}`
        : conversation.windowClosesAt === null
          ? "24-hour window closed: the customer has not written yet"
          : `24-hour window closed since ${fullTime(conversation.windowClosesAt)}`;
  });
}
