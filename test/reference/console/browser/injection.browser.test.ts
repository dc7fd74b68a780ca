/** Customer text is data: nothing a customer, an integration or an endpoint sends can run, load or draw in the console. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { injections } from "../../../mcp/fixtures/injections.ts";
import {
  type Browser,
  endpoint,
  expectCalm,
  launch,
  readConsole,
  type Served,
  serve,
  type Watched,
} from "./browser.ts";

/** Each would set `window.ran`, load something, or change the page, if it were taken for markup. */
const markup = [
  "<script>window.ran = 1</script>",
  '<img src="/v1/x" onerror="window.ran = 2">',
  "<svg onload='window.ran = 3'><script>window.ran = 3</script></svg>",
  '<iframe src="javascript:parent.ran=4"></iframe><iframe srcdoc="<script>parent.ran=4</script>"></iframe>',
  '<a href="javascript:window.ran=5" autofocus onfocus="window.ran = 5">look</a>',
  '"><script>window.ran = 6</script><input value="',
  "</p></bdi></textarea></title><script>window.ran = 7</script>",
  "{{constructor.constructor('window.ran = 8')()}} #{window.ran = 8} <%= window.ran = 8 %>",
  "<style>body { display: none }</style><base href=https://evil.example/><meta http-equiv=refresh content=0;url=https://evil.example/>",
  '<form action="https://evil.example/"><button>Send</button></form><details open ontoggle="window.ran=9">',
  "&lt;script&gt;window.ran = 10&lt;/script&gt; <scr\u0000ipt>window.ran = 10</scr\u0000ipt>",
  "<template shadowrootmode=open><script>window.ran=11</script></template><math><mtext><img src=x onerror=window.ran=11>",
];

let browser: Browser;
let served: Served;
let watched: Watched;
let hook: Awaited<ReturnType<typeof endpoint>>;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  served = await serve({ seed: null });
  hook = await endpoint();
  watched = await browser.open();
});
afterEach(async () => {
  await watched.page.context().close();
  await hook.close();
  await served.close();
});

async function api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${served.origin}/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${served.reference.key}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { id: string };
}

/** What the page holds, beside text: the elements the console itself never makes, and whether anything ran. */
function intruders() {
  return watched.page.evaluate(`({
    ran: window.ran,
    elements: [...document.querySelectorAll(":is(header, main, dialog) :is(script, img, iframe, style, base, meta, template, math, object, embed, svg script)")].map((e) => e.outerHTML),
    handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name) || /^\\s*javascript:/i.test(a.value))).map((e) => e.outerHTML),
    links: [...document.querySelectorAll("main a, main form, dialog form")].map((e) => e.getAttribute("href") ?? e.getAttribute("action")).filter((to) => to && !to.startsWith("#/") && to !== "/v1/openapi.json"),
    title: document.title,
  })`);
}

const untouched = {
  ran: undefined,
  elements: [],
  handlers: [],
  links: [],
  title: expect.stringMatching(/ · OnSync console$/),
};

test("messages of the whole corpus are shown letter by letter and do nothing", async () => {
  const { page } = watched;
  const all = [...markup, ...injections];
  for (const content of all) await served.reference.control.inbound({ platform: "telegram", from: "1", content });
  await page.goto(`${served.origin}/#/inbox/telegram%3A1`);
  const texts = page.locator(".message .text");
  await texts.first().waitFor();
  // Earlier messages come by themselves where the top is seen.
  await page.locator(".scroller").evaluate((element) => {
    (element as unknown as { scrollTop: number }).scrollTop = 0;
  });
  await texts.nth(all.length - 1).waitFor();
  expect(await texts.evaluateAll((elements) => elements.map((element) => element.textContent))).toEqual(
    // Half a pair is no text: it is shown as the sign that stands for it.
    all.map((each) => each.toWellFormed()),
  );
  expect(
    await texts.evaluateAll((elements) => elements.every((element) => element.getAttribute("dir") === "auto")),
  ).toBe(true);
  for (const summary of await page.locator(".message summary").all())
    await summary.evaluate((element) => (element as unknown as { click(): void }).click());
  expect(await intruders()).toEqual(untouched);
  expectCalm(watched, served.origin);
});

const evil = markup.join(" ");
const name = evil.slice(0, 190);
const from = markup[1] as string;

/** Puts markup into every field that others fill. */
async function fillEveryField() {
  hook.state.text = evil;
  await served.reference.control.createOrg({ name: evil.slice(0, 190) });
  await served.reference.control.createKey({ label: `${markup[1]} ${markup[0]}` });
  await api(
    "POST",
    "/webhooks",
    { url: `${hook.url}?${encodeURIComponent(evil)}`, events: ["message.created", "contact.created"] },
    { "User-Agent": markup[1] as string },
  );
  const contact = await api("POST", "/contacts", {
    firstName: name,
    lastName: markup[0],
    email: "x@example.com",
    tags: markup.map((each) => each.slice(0, 100)),
    properties: { source: evil, [markup[1] as string]: markup[2], externalId: markup[0] },
  });
  await served.reference.control.inbound({ platform: "instagram", from, content: evil, name });
  await served.reference.control.assign(`instagram:${from}`, { id: "user_evil", name, email: evil.slice(0, 200) });
  await served.reference.control.templates.save({
    name: markup[0] as string,
    category: markup[1] as string,
    components: [
      { type: "BODY", text: `${evil} {{1}}`, example: evil },
      { type: markup[2] as string, text: evil },
      { type: "BUTTONS", buttons: [null, evil, { type: "constructor", text: evil }, { type: 7, text: { evil } }] },
    ],
  });
  const sent = await api("POST", "/messaging/send", {
    platform: "instagram",
    to: from,
    messageType: "text",
    content: evil,
    metadata: { clientReference: evil, agent: evil, [markup[3] as string]: { [markup[4] as string]: evil } },
  });
  await served.reference.control.setMessageStatus(sent.id, { status: "failed", failureReason: evil.slice(0, 1000) });
  await api("GET", `/contacts/${encodeURIComponent(evil.slice(0, 300))}`);
  await served.reference.control.faults.add({
    path: `/${from}`,
    status: 500,
    headers: { "X-Evil": evil.replace(/[^ -~]/g, "") },
    body: evil,
  });
  await served.reference.settled();
  const { data } = (await readConsole(served, "deliveries")) as { data: { id: string }[] };
  return { contactId: contact.id, deliveryId: data.at(-1)?.id };
}

test("every other field that others fill does nothing: names, addresses, tags, properties, metadata, reasons, agents, bodies", async () => {
  const { page } = watched;
  const { contactId, deliveryId } = await fillEveryField();
  const pages: [string, string][] = [
    ["/inbox", "Inbox"],
    [`/inbox/${encodeURIComponent(`instagram:${from}`)}`, "Report as the carrier"],
    ["/contacts", "Contacts"],
    [`/contacts/${contactId}`, "Activity"],
    ["/settings/keys", "Generate key"],
    ["/settings/webhooks", "Register endpoint"],
    ["/settings/deliveries", "newest first"],
    ["/settings/templates", "Change"],
    [`/settings/deliveries/${deliveryId}`, "Redeliver"],
    ["/requests", "Latest"],
    ["/api", "Messaging"],
    ["/clock", "Faults"],
    ["/connect", "Connect"],
    [`/inbox/${encodeURIComponent(markup[1] as string)}`, "It cannot be shown"],
    [`/${encodeURIComponent(markup[0] as string)}`, "Inbox"],
    ["/inbox/%", "It cannot be shown"],
  ];
  const { id: other } = await served.reference.control.createOrg({ name });
  const everywhere = [
    ...pages.map(([path, shows]) => [served.at(path), shows] as const),
    // The name of an org is in the choice, in the title, and in what Connect says of it.
    [`${served.origin}/?org=${other}#/connect`, "What follows opens"] as const,
    [`${served.origin}/?org=${encodeURIComponent(evil)}#/inbox`, "Inbox"] as const,
  ];
  for (const [path, shows] of everywhere) {
    await page.goto("about:blank");
    await page.goto(path);
    if (shows !== "Report as the carrier") await page.locator("main").getByText(shows).first().waitFor();
    else await page.locator(".message .text").first().waitFor();
    await page.evaluate(`for (const details of document.querySelectorAll("details")) details.open = true`);
    // What a request carried is read when it is opened.
    if (path.endsWith("#/requests")) await page.locator(".exchange").first().waitFor();
    expect([path, await intruders()]).toEqual([path, untouched]);
    expect(await page.locator("#org option").allTextContents()).toEqual([
      "default",
      expect.stringContaining(name),
      expect.stringContaining(name),
    ]);
    expect(await page.locator("#org *").count()).toBe(6);
  }
  await page.goto(served.at("/settings/templates"));
  await page.getByRole("button", { name: `Change ${markup[0]}` }).click();
  expect(await page.getByLabel("Body").inputValue()).toBe(`${evil} {{1}}`);
  expect(await intruders()).toEqual(untouched);
  expectCalm(watched, served.origin);
});

test("even a script that got in would be refused, and could tell nobody", async () => {
  const { page } = watched;
  await page.goto(`${served.origin}/`);
  await page.locator("main").getByText("No conversations yet").waitFor();
  const outcome = await page.evaluate(`(async () => {
    const refused = [];
    addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    try { document.body.insertAdjacentHTML("beforeend", "<p>x</p>"); } catch (error) { refused.push(error.name); }
    const script = document.createElement("div");
    try { script.innerHTML = "<img src=x onerror=window.ran=1>"; } catch (error) { refused.push(error.name); }
    await fetch("https://evil.example/").catch(() => {});
    const image = new Image();
    await new Promise((resolve) => { image.onerror = resolve; image.src = "https://evil.example/a.png"; });
    return { refused: [...new Set(refused)].sort(), ran: window.ran };
  })()`);
  expect(outcome).toEqual({
    refused: ["TypeError", "connect-src", "img-src", "require-trusted-types-for"],
    ran: undefined,
  });
});
