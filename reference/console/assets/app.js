/** The console: which page is shown, and what it is told when something changes. */
import { control, own } from "./api.js";
import { h } from "./dom.js";
import { watch } from "./live.js";
import { clockPage } from "./pages/clock.js";
import { connectPage } from "./pages/connect.js";
import { contactsPage } from "./pages/contacts.js";
import { inboxPage } from "./pages/inbox.js";
import { requestsPage } from "./pages/requests.js";
import { settingsPage } from "./pages/settings.js";
import { attempt } from "./parts.js";
import { fullTime, isFrozen, now, retick, setClock, withTime } from "./time.js";

/**
 * A page is a function of its element; it gives `show(parts)`, called with the parts of the address after the page's
 * own, and `changed(kinds, changes)`, called when something on the server did. Both may be asynchronous.
 */
const pages = {
  inbox: ["Inbox", inboxPage],
  contacts: ["Contacts", contactsPage],
  settings: ["API & Webhooks", settingsPage],
  requests: ["Requests", requestsPage],
  clock: ["Clock & Faults", clockPage],
  connect: ["Connect", connectPage],
};

const main = document.getElementById("main");
let shown = { name: undefined, page: undefined };

const decoded = (part) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const address = () => {
  const [name, ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  return Object.hasOwn(pages, name) ? { name, parts } : { name: "inbox", parts: [] };
};

const show = async () => {
  const { name, parts } = address();
  const [title, open] = pages[name];
  for (const link of document.querySelectorAll(".side nav a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${title} · OnSync console`;
  if (shown.name !== name) {
    const element = h("div", { class: `page ${name}` });
    const first = shown.name === undefined;
    main.replaceChildren(element);
    shown = { name, page: open(element) };
    if (!first) main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  await attempt(() => shown.page.show(parts));
};

const clockLine = document.getElementById("clock");
const showClock = () => {
  clockLine.replaceChildren(isFrozen() ? "Clock frozen" : "Clock", h("br"), h("time", {}, fullTime(now())));
  clockLine.classList.toggle("frozen", isFrozen());
};
withTime(clockLine, showClock);

const readClock = async () => {
  const { now: reading, frozen } = await control.get("clock");
  setClock(reading, frozen);
  retick();
};

const live = document.getElementById("live");
const stateText = { live: "Live", broken: "Reconnecting…" };

const changed = async (changes) => {
  const kinds = new Set(changes.map(({ kind }) => kind));
  await attempt(async () => {
    if (kinds.has("clock") || kinds.has("everything")) await readClock();
    await shown.page?.changed(kinds, changes);
  });
};

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", show);

await attempt(async () => {
  const { clock } = await own.get("overview");
  setClock(clock.now, clock.frozen);
  retick();
});
await show();
watch(changed, (state) => {
  live.textContent = stateText[state];
  live.dataset.state = state;
});
