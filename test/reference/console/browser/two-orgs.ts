/** A console with a second org, Acme, in front of a browser. */
import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import type { BrowserContextOptions } from "playwright-core";
import { type Browser, endpoint, expectCalm, launch, type Served, serve, type Watched } from "./browser.ts";

const at = Date.parse("2026-11-22T10:00:00.000Z");

let browser: Browser;
/** The console and the page of the test that runs. */
export let served: Served;
export let watched: Watched;
/** Acme's webhook endpoint. */
export let hook: Awaited<ReturnType<typeof endpoint>>;

/** To be called once in a file: each of its tests gets a console and a page of its own. */
export function startForEachTest(): void {
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
}

/** The page anew, looked at in another way. */
export async function reopen(look: BrowserContextOptions | undefined): Promise<void> {
  await watched.page.context().close();
  watched = await browser.open(look);
}

export function call(key: string, method: string, path: string, body?: unknown) {
  return fetch(`${served.origin}/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "User-Agent": "curl/8.5.0" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Acme, with a customer whom the default org has, too, and one of its own. */
export async function createAcme() {
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

/** The choice of org. */
export function findChoice() {
  return watched.page.getByLabel("Org", { exact: true });
}
