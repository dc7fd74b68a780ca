/** The choice of org, in a browser: it appears, it is kept, and every page follows it. */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  type Browser,
  endpoint,
  eventually,
  expectCalm,
  launch,
  readConsole,
  type Served,
  serve,
  type Watched,
} from "./browser.ts";
import { expectSound, looks } from "./looks.ts";

const pictures = process.env.ONSYNC_SCREENSHOTS;
const at = Date.parse("2026-11-22T10:00:00.000Z");

let browser: Browser;
let served: Served;
let hook: Awaited<ReturnType<typeof endpoint>>;
let watched: Watched;

beforeAll(async () => {
  browser = await launch();
  hook = await endpoint();
});
afterAll(async () => {
  await browser.close();
  await hook.close();
});
beforeEach(async () => {
  served = await serve({ clock: () => at, random: () => 0.5, keys: ["onsync_pk_test_demo"] });
  watched = await browser.open();
});
afterEach(async () => {
  expectCalm(watched, served.origin);
  await watched.page.context().close();
  await served.close();
});

function call(key: string, method: string, path: string, body?: unknown) {
  return fetch(`${served.origin}/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "User-Agent": "curl/8.5.0" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Acme, with a customer whom the default org has, too, and one of its own. */
async function acme() {
  const { control } = served.reference;
  const { id } = await control.createOrg({ name: "Acme", rateLimit: 60 });
  const { key } = await control.createKey({ orgId: id, scopes: ["read:contacts", "write:webhooks"] });
  await call(key, "POST", "/webhooks", { url: hook.url, events: ["message.created"] });
  await control.templates.save({ orgId: id, name: "acme_offer", components: [{ type: "BODY", text: "Only today" }] });
  const sara = { platform: "whatsapp", from: "+971500000000", content: "Hello Acme", name: "Sara at Acme" } as const;
  await control.inbound({ ...sara, orgId: id });
  await control.inbound({ platform: "telegram", from: "7", content: "I am new here", name: "Tarek", orgId: id });
  await served.reference.settled();
  return { id, key };
}

function choice() {
  return watched.page.getByLabel("Org", { exact: true });
}

test("nothing of it while there is one; it appears when another is made, and goes with it", async () => {
  const { page } = watched;
  await page.goto(served.at("/inbox"));
  await page.getByRole("link", { name: /Sara Hussein/ }).waitFor();
  expect(await choice().isVisible()).toBe(false);
  expect(await page.title()).toBe("Inbox · OnSync console");

  await served.reference.control.createOrg({ name: "Acme" });
  await choice().waitFor();
  expect(await choice().locator("option").allInnerTexts()).toEqual(["default", "Acme"]);
  expect(await choice().evaluate((select) => (select as unknown as { selectedIndex: number }).selectedIndex)).toBe(0);
  // Orgs of the same name are told apart.
  const { id } = await served.reference.control.createOrg({ name: "Acme" });
  await choice()
    .locator("option", { hasText: `Acme (…${id.slice(-4)})` })
    .waitFor({ state: "attached" });

  await served.reference.control.reset();
  await choice().waitFor({ state: "hidden" });
});

test("every page follows it, and so does a reload, a link and the back button", async () => {
  const { page } = watched;
  const { id, key } = await acme();
  await page.goto(served.at("/inbox/whatsapp%3A%2B971500000000"));
  await page.getByRole("heading", { name: /Sara Hussein/ }).waitFor();
  await choice().focus();
  await choice().selectOption("Acme");
  const items = page.locator(".items a");
  const both = async () =>
    expect(await items.allInnerTexts()).toEqual([
      expect.stringContaining("Tarek"),
      expect.stringContaining("Sara at Acme"),
    ]);
  await eventually(both);
  // The list, not the same address in the other org; the choice keeps the focus.
  await page.getByText("No conversation is open").waitFor();
  expect(await choice().evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  expect(new URL(page.url()).search).toBe(`?org=${id}`);
  expect(await page.title()).toBe("Inbox · Acme · OnSync console");

  await page.reload();
  await items.filter({ hasText: "Sara at Acme" }).click();
  const messages = page.getByRole("list", { name: "Messages" });
  await messages.getByText("Hello Acme").waitFor();
  expect(await page.getByText("we met at the expo").count()).toBe(0);

  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByRole("searchbox").waitFor();
  await eventually(both);

  await page.getByRole("link", { name: "API & Webhooks" }).click();
  const rows = page.locator("li.row");
  await rows.getByText("write:webhooks").waitFor();
  expect(await rows.count()).toBe(1);
  await page.getByRole("link", { name: "Webhooks", exact: true }).click();
  await rows.getByText(hook.url).waitFor();
  await page.getByRole("link", { name: "Delivery log" }).click();
  await page.locator("a.line").nth(1).waitFor();
  expect(await page.locator("a.line").count()).toBe(2);
  await page.getByRole("link", { name: "Templates" }).click();
  await rows.getByText("acme_offer").waitFor();
  // Its own, and the one that every org begins with.
  expect(await rows.count()).toBe(2);

  await page.getByRole("link", { name: "Requests" }).click();
  await page.locator(".request", { hasText: "/v1/webhooks" }).waitFor();
  expect(await page.getByRole("meter").getAttribute("aria-valuetext")).toBe("59 of 60");
  await call("onsync_pk_test_demo", "GET", "/me");
  await call(key, "GET", "/contacts");
  await call("onsync_pk_live_nobodysnobodys", "GET", "/conversations");
  await page.locator(".request", { hasText: "invalid_api_key" }).waitFor();
  expect(await page.locator(".request .path").allInnerTexts()).toEqual([
    "GET /v1/conversations",
    "GET /v1/contacts",
    "POST /v1/webhooks",
  ]);

  await page.getByRole("link", { name: "Connect" }).click();
  await page.getByText("What follows opens the org default.").waitFor();
  await page.getByText(id).waitFor();

  await choice().selectOption("default");
  await page.getByText("What follows opens").waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("");
  await page.goBack();
  await page.getByText("What follows opens the org default.").waitFor();
  expect(await choice().inputValue()).toBe(id);
});

test("what is done is done in the chosen org", async () => {
  const { page } = watched;
  const { id } = await acme();
  const { control, orgId } = served.reference;
  const inAcme = (path: string) => `${served.origin}/?org=${id}#${path}`;
  const messages = page.getByRole("list", { name: "Messages" });

  await page.goto(inAcme("/inbox"));
  await page.getByRole("button", { name: "Write as a customer" }).click();
  await page.getByLabel("Address").fill("+971 50 111 2233");
  await page.getByRole("dialog").getByLabel("Message").fill("A word to Acme");
  await page.getByRole("button", { name: "Send as the customer" }).click();
  await messages.getByText("A word to Acme").waitFor();
  await page.getByRole("radio", { name: "Customer" }).check({ force: true });
  await page.getByRole("textbox", { name: "Message" }).fill("And another");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await messages.getByText("And another").waitFor();
  await page.getByRole("radio", { name: "Agent" }).check({ force: true });
  await page.getByRole("textbox", { name: "Message" }).fill("Acme answers");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await messages.getByText("Acme answers").waitFor();
  await page.getByLabel("Assigned to").selectOption("Daniel Reyes");
  const item = page.locator(".items a", { hasText: "Acme answers" });
  await item.getByText("Daniel Reyes").waitFor();
  await page.getByRole("button", { name: "Resolve" }).click();
  await item.getByText("resolved").waitFor();
  await page.getByRole("radio", { name: "Template" }).check({ force: true });
  expect(await page.getByLabel("Template", { exact: true }).and(page.locator("select")).innerText()).toBe(
    "acme_offer (en)\norder_follow_up (en)",
  );

  await page.goto(inAcme("/settings/templates"));
  await page.getByRole("button", { name: "Register template" }).click();
  await page.getByLabel("Name").fill("made_here");
  await page.getByLabel("Body").fill("Made in Acme");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("li.row", { hasText: "made_here" }).waitFor();
  await page.getByRole("link", { name: "Keys" }).click();
  await page.getByRole("button", { name: "Generate key" }).click();
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const key = await page.getByRole("region", { name: "The new key" }).innerText();
  expect(await (await call(key, "GET", "/me")).json()).toMatchObject({ org: { id } });

  const names = async (of: string) => (await control.templates.list(of)).map(({ name }) => name);
  expect(await names(id)).toEqual(["acme_offer", "made_here", "order_follow_up"]);
  expect(await names(orgId)).not.toContain("made_here");
  const yusuf = (await (
    await call("onsync_pk_test_demo", "GET", "/conversations/whatsapp%3A%2B971501112233/messages")
  ).json()) as { data: { content: string }[] };
  expect(yusuf.data.map(({ content }) => content)).not.toContain("A word to Acme");
});

test("what belongs to another org cannot be looked at by its address", async () => {
  const { page } = watched;
  const { id } = await acme();
  const first = async (path: string) => {
    return ((await readConsole(served, `${path}?orgId=${id}`)) as { data: { id: string }[] }).data[0]?.id;
  };
  for (const path of [
    `/contacts/${await first("contacts")}`,
    `/settings/deliveries/${await first("deliveries")}`,
    "/inbox/telegram%3A7",
  ]) {
    await page.goto("about:blank");
    await page.goto(served.at(path));
    await page.getByText("It cannot be shown").waitFor();
    expect([path, await page.locator("main").innerText()]).toEqual([path, expect.not.stringContaining("Tarek")]);
    await page.goto("about:blank");
    await page.goto(`${served.origin}/?org=${id}#${path}`);
    await page.locator("article.card, .thread-head").first().waitFor();
  }
});

test("a dialog that was begun in one org is not finished in another", async () => {
  const { page } = watched;
  const { id } = await acme();
  await page.goto(served.at("/settings/keys"));
  await choice().selectOption("Acme");
  await page.getByText("write:webhooks").waitFor();
  await page.getByRole("button", { name: "Generate key" }).click();
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("");
  expect(await choice().inputValue()).not.toBe(id);
});

test("an org that is gone: the default one, and a word about it", async () => {
  const { page } = watched;
  const { id } = await acme();
  await page.goto(`${served.origin}/?org=${id}#/inbox/telegram%3A7`);
  await page.getByRole("list", { name: "Messages" }).getByText("I am new here").waitFor();
  await served.reference.control.reset();
  await page.getByText("The org you looked at is gone. This is default.").waitFor();
  await page.getByRole("link", { name: /Sara Hussein/ }).waitFor();
  expect(page.url()).toBe(served.at("/inbox"));
  expect(await page.locator(".toast").allInnerTexts()).toEqual(["The org you looked at is gone. This is default."]);

  await page.goto(`${served.origin}/?org=org_none#/contacts`);
  await page.getByText("The org you looked at is gone. This is default.").waitFor();
  await page.getByRole("link", { name: /Marta Ruiz/ }).waitFor();
});

describe.each(Object.keys(looks))("in %s", (look) => {
  test("the choice, and the page that speaks of it", async () => {
    await watched.page.context().close();
    watched = await browser.open(looks[look]);
    const { page } = watched;
    const { id } = await acme();
    await served.reference.control.createOrg({ name: "A company whose name is longer than any list of names likes" });
    for (const [name, path, shows] of [
      ["org", "/inbox", "Tarek"],
      ["org-connect", "/connect", "What follows opens"],
    ] as const) {
      await page.goto(`${served.origin}/?org=${id}#${path}`);
      await page.locator("main").getByText(shows).first().waitFor();
      await page.locator("#live").filter({ hasText: "Live" }).waitFor({ state: "attached" });
      expect(await choice().isVisible()).toBe(true);
      await expectSound(page);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${look}.png`) });
    }
  });
});
