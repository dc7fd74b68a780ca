/**
 * Every page in light, in dark and at phone width: no accessibility violation (axe), nothing that sticks out, no request
 * to elsewhere. With ONSYNC_SCREENSHOTS naming a folder, a picture of each is kept there.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
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
import { expectSound, looks } from "./looks.ts";

const pictures = process.env.ONSYNC_SCREENSHOTS;

let browser: Browser;
let served: Served;
let hook: Awaited<ReturnType<typeof endpoint>>;
let deliveryId: string;

const at = Date.parse("2026-11-22T10:00:00.000Z");
const sara = "+971500000000";

/** A morning in the sandbox, on a clock that stands still. */
beforeAll(async () => {
  browser = await launch();
  hook = await endpoint();
  served = await serve({ clock: () => at, random: () => 0.5, keys: ["onsync_pk_test_demo"] });
  const { control } = served.reference;
  const api = (method: string, path: string, body?: unknown, key = "onsync_pk_test_demo") =>
    fetch(`${served.origin}/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "User-Agent": "curl/8.5.0" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  await api("POST", "/webhooks", { url: hook.url, events: ["message.created", "conversation.resolved"] });
  hook.state.status = 500;
  await control.inbound({
    platform: "telegram",
    from: "77120045",
    name: "ليلى حداد",
    content: "مرحباً، هل لديكم مقاعد يوم السبت؟",
  });
  await served.reference.settled();
  hook.state.status = 200;
  await control.clock({ freeze: true, advanceMs: 30_000 });
  const sent = await api("POST", "/messaging/send", {
    platform: "whatsapp",
    to: sara,
    messageType: "text",
    content: "Your order 1187 left this morning and arrives tomorrow before noon.",
    metadata: { source: "mcp", clientReference: "9f0c6a1e-5c1d-4b7e-9a55-2f3d8f1c7b60" },
  });
  await control.setMessageStatus(((await sent.json()) as { id: string }).id, { status: "delivered" });
  await control.inbound({ platform: "whatsapp", from: sara, content: "Perfect, thank you!" });
  await api("POST", "/messaging/send", {
    platform: "whatsapp",
    to: "+971501112233",
    messageType: "text",
    content: "Hello?",
  });
  await api("GET", "/contacts?query=sara");
  await api("GET", "/webhooks", undefined, "onsync_pk_live_expiredexpired");
  await control.revokeKey((await control.createKey({ scopes: ["read:contacts", "read:messages"] })).id);
  await control.faults.add({ method: "POST", path: "/v1/messaging/send", kind: "drop_response", times: 1 });
  await control.faults.add({
    path: "/v1/conversations",
    status: 502,
    headers: { "Content-Type": "text/html", "X-Gateway": "edge-7" },
    body: "<html><body><h1>502 Bad Gateway</h1></body></html>",
    times: 1,
  });
  await api("GET", "/conversations");
  await served.reference.settled();
  const { data } = (await readConsole(served, "deliveries")) as { data: { id: string }[] };
  deliveryId = data.at(-1)?.id ?? "";
});
afterAll(async () => {
  await browser.close();
  await hook.close();
  await served.close();
});

/** Where it is, and what shows that it is there. */
const pages: Record<string, { path: () => string; shows: string; act?: (page: Page) => Promise<void> }> = {
  conversations: { path: () => "/inbox", shows: "Marta Ruiz" },
  inbox: {
    path: () => `/inbox/${encodeURIComponent(`whatsapp:${sara}`)}`,
    shows: "arrives tomorrow before noon.",
  },
  "inbox-template": {
    path: () => `/inbox/${encodeURIComponent("whatsapp:+971501112233")}`,
    shows: "Value of {{1}}",
    act: (page) => page.locator(".message summary").last().click(),
  },
  contacts: {
    path: () => "/contacts",
    shows: "Marta Ruiz",
    act: async (page) => {
      await page.getByRole("link", { name: /Sara Hussein/ }).click();
      await page.getByText("Last from the customer").waitFor();
    },
  },
  keys: { path: () => "/settings/keys", shows: "onsync_pk_test_d" },
  "keys-generate": {
    path: () => "/settings/keys",
    shows: "onsync_pk_test_d",
    act: (page) => page.getByRole("button", { name: "Generate key" }).click(),
  },
  webhooks: { path: () => "/settings/webhooks", shows: "Delivered" },
  deliveries: { path: () => "/settings/deliveries", shows: "message.created" },
  delivery: {
    path: () => `/settings/deliveries/${deliveryId}`,
    shows: "Attempt 2",
    act: (page) => page.locator(".attempt").getByText("Attempt 1").click(),
  },
  templates: { path: () => "/settings/templates", shows: "appointment_reminder" },
  "template-form": {
    path: () => "/settings/templates",
    shows: "appointment_reminder",
    act: async (page) => {
      await page.getByRole("button", { name: "Register template" }).click();
      await page.getByLabel("Body").fill("Hi {{1}}, your voucher {{2}} waits for you.");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Must have at least 1 character").waitFor();
    },
  },
  requests: { path: () => "/requests", shows: "outside_messaging_window" },
  request: {
    path: () => "/requests",
    shows: "outside_messaging_window",
    act: async (page) => {
      await page.getByRole("searchbox", { name: "Filter requests" }).fill("messaging/send");
      await page.getByLabel("Which answers").selectOption("Errors");
      await page.getByText("1 of 6").waitFor();
      await page.locator(".request summary").click();
      await page.getByRole("button", { name: "Copy as curl" }).scrollIntoViewIfNeeded();
    },
  },
  "requests-none": {
    path: () => "/requests",
    shows: "outside_messaging_window",
    act: async (page) => {
      await page.getByRole("searchbox", { name: "Filter requests" }).fill("nothing has this");
      await page.getByText("None of them fits").waitFor();
    },
  },
  charts: { path: () => "/requests/charts", shows: "Time of attempts" },
  api: {
    path: () => "/api/endpoints/sendMessage",
    shows: "Try it",
    act: (page) => page.locator(".answer summary").first().click(),
  },
  control: {
    path: () => "/api/control",
    shows: "A customer writes",
    act: (page) => page.locator("summary", { hasText: "A customer writes" }).click(),
  },
  clock: { path: () => "/clock", shows: "dropped after the work was done" },
  faults: {
    path: () => "/clock",
    shows: "dropped after the work was done",
    act: async (page) => {
      await page.getByText("Its answer").click();
      await page.getByText("A fault of your own").click();
      await page
        .getByRole("heading", { name: "Faults", exact: true })
        .evaluate((heading) => (heading as unknown as { scrollIntoView(): void }).scrollIntoView());
    },
  },
  behaviour: {
    path: () => "/clock",
    shows: "dropped after the work was done",
    act: async (page) => {
      await page.getByText("Make the API behave otherwise").click();
      await page.getByRole("button", { name: "Set the behaviour" }).scrollIntoViewIfNeeded();
    },
  },
  "start-over": {
    path: () => "/clock",
    shows: "Start over",
    act: (page) => page.getByRole("button", { name: "Start over…" }).click(),
  },
  connect: { path: () => "/connect", shows: "Be a customer who writes" },
  missing: { path: () => "/inbox/telegram%3Anobody", shows: "It cannot be shown" },
};

describe.each(Object.keys(looks))("in %s", (look) => {
  let watched: Watched;
  beforeAll(async () => {
    watched = await browser.open(looks[look]);
  });
  afterAll(() => watched.page.context().close());

  test.each(Object.keys(pages))("%s", async (name) => {
    const { page } = watched;
    await page.goto("about:blank");
    const { path, shows, act } = pages[name] as (typeof pages)[string];
    await page.goto(served.at(path()));
    await page.locator("main").getByText(shows, { exact: false }).filter({ visible: true }).first().waitFor();
    await act?.(page);
    await page.locator("#live").filter({ hasText: "Live" }).waitFor({ state: "attached" });
    await expectSound(page);
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-${look}.png`) });
    expectCalm(watched, served.origin);
  });
});

test("twice as large, it still fits a phone", async () => {
  const watched = await browser.open({ viewport: { width: 360, height: 740 } });
  const { page } = watched;
  for (const name of ["inbox", "webhooks", "delivery", "requests", "connect"]) {
    await page.goto("about:blank");
    await page.goto(served.at((pages[name] as (typeof pages)[string]).path()));
    await page.locator("main").getByRole("heading").first().waitFor();
    await page.evaluate(`document.documentElement.style.fontSize = "200%"`);
    expect([name, await page.evaluate("document.documentElement.scrollWidth - innerWidth")]).toEqual([name, 0]);
  }
  await page.context().close();
});
