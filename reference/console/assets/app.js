/** The console: which page of which org is shown, and what it is told when something changes. */
import { consoleApi, controlApi } from "./api.js";
import { choices, readChoices } from "./choices.js";
import { h } from "./dom.js";
import { toastErrors } from "./elements/toast.js";
import { watchChanges } from "./live.js";
import { getChosenOrgId } from "./org/address.js";
import { createOrgChoice, getCurrentOrg, hasSeveralOrgs } from "./org/choice.js";
import { apiPage } from "./pages/api.js";
import { automationPage } from "./pages/automation.js";
import { clockPage } from "./pages/clock.js";
import { connectPage } from "./pages/connect.js";
import { contactsPage } from "./pages/contacts.js";
import { importPage } from "./pages/import.js";
import { inboxPage } from "./pages/inbox.js";
import { requestsPage } from "./pages/requests.js";
import { settingsPage } from "./pages/settings.js";
import { watchShortcuts } from "./shortcuts/shortcuts.js";
import { formatDateTime } from "./time/format.js";
import { isFrozen, now, setClock, updateEverySecond, updateNow } from "./time/server-clock.js";

/**
 * A page is a function of its element; it gives `show(parts)`, called with the parts of the address after the page's
 * own, and `changed(kinds, changes)`, called when something on the server did. Both may be asynchronous. `commands()`,
 * where there is something to do by key, lists it.
 */
const pages = {
  inbox: ["Inbox", inboxPage],
  contacts: ["Contacts", contactsPage],
  import: ["Import", importPage],
  automation: ["Automation", automationPage],
  settings: ["API & Webhooks", settingsPage],
  requests: ["Requests", requestsPage],
  api: ["API", apiPage],
  clock: ["Clock & Faults", clockPage],
  connect: ["Connect", connectPage],
};

const main = document.getElementById("main");
let shown = { name: undefined, org: undefined, page: undefined };

function decodePart(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function readAddress() {
  const [name, ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decodePart);
  return Object.hasOwn(pages, name) ? { name, parts } : { name: "inbox", parts: [] };
}

async function showPage() {
  const { name, parts } = readAddress();
  const [title, open] = pages[name];
  for (const link of document.querySelectorAll(".side nav a")) {
    if (link.hash === `#/${name}`) {
      link.setAttribute("aria-current", "page");
      // On a phone the bar is wider than the screen.
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else link.removeAttribute("aria-current");
  }
  document.title = `${title}${hasSeveralOrgs() ? ` · ${getCurrentOrg().name}` : ""} · OnSync console`;
  const org = getChosenOrgId();
  if (shown.name !== name || shown.org !== org) {
    const element = h("div", { class: `page ${name}` });
    const first = shown.name === undefined;
    const samePage = shown.name === name;
    // What was begun on another page, or in another org, is not to be finished on this one.
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    main.replaceChildren(element);
    shown = { name, org, page: open(element) };
    if (!first && !samePage) main.focus({ preventScroll: true });
    scrollTo(0, 0);
    orgs.draw();
  }
  await toastErrors(() => shown.page.show(parts));
}

const orgs = createOrgChoice(document.getElementById("org"), () => showPage());

const clockLine = document.getElementById("clock");

function showClock() {
  clockLine.replaceChildren(isFrozen() ? "Clock frozen" : "Clock", h("br"), h("time", {}, formatDateTime(now())));
  clockLine.classList.toggle("frozen", isFrozen());
}

updateEverySecond(clockLine, showClock);

async function readClock() {
  const { now: reading, frozen } = await controlApi.get("clock");
  setClock(reading, frozen);
  updateNow();
}

const live = document.getElementById("live");
const stateText = { live: "Live", broken: "Reconnecting…" };

async function applyChanges(changes) {
  const kinds = new Set(changes.map(({ kind }) => kind));
  // First of all: an org that is gone must not be asked about.
  if (kinds.has("org") || kinds.has("everything")) {
    await orgs.read();
    if (shown.org !== getChosenOrgId()) await showPage();
  }
  if (kinds.has("clock") || kinds.has("everything")) await readClock();
  await shown.page?.changed(kinds, changes);
}

let waiting = [];
let following = false;

/** One batch after the other; what comes meanwhile is one batch. */
async function queueChanges(changes) {
  waiting.push(...changes);
  if (following) return;
  following = true;
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    await toastErrors(() => applyChanges(batch));
  }
  following = false;
}

function listCommands() {
  const others = Object.entries(pages).filter(([name]) => name !== "import" || choices.imports);
  return [
    ...(shown.page?.commands?.() ?? []),
    ...others.map(([name, [title]]) => ({
      title: `Go to ${title}`,
      run: () => {
        location.hash = `#/${name}`;
      },
    })),
  ];
}

watchShortcuts(listCommands, document.getElementById("palette"));

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", showPage);
// Back, or on, to another org.
addEventListener("popstate", () => {
  if (shown.org !== getChosenOrgId()) showPage();
});

await toastErrors(orgs.read);
await toastErrors(readChoices);
document.getElementById("import-link").hidden = !choices.imports;
await toastErrors(async () => {
  const { clock } = await consoleApi.get("overview");
  setClock(clock.now, clock.frozen);
  updateNow();
});
await showPage();
watchChanges(queueChanges, (state) => {
  live.textContent = stateText[state];
  live.dataset.state = state;
});
