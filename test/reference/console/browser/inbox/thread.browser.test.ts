/** The inbox as somebody works in it all day: the thread, what is begun to be written, and the list. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Locator, Page } from "playwright-core";
import { type Browser, eventually, expectCalm, launch, type Served, serve, type Watched } from "../browser.ts";

/** Of a thread that is longer than what is read of it at first. */
const messageCount = 300;

let browser: Browser;
let served: Served;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  served = await serve({ seed: null });
});
afterAll(async () => {
  await browser.close();
  await served.close();
});
beforeEach(async () => {
  watched = await browser.open();
  page = watched.page;
});
afterEach(async () => {
  await page.context().close();
  expectCalm(watched, served.origin);
});

/** A customer of this test alone, with a name and a number of their own. */
let last = 0;
async function meetCustomer(messages = 1) {
  last += 1;
  const from = `+97150000${1000 + last}`;
  const name = `Customer ${1000 + last}`;
  const write = (content: string) => served.reference.control.inbound({ platform: "whatsapp", from, name, content });
  for (let number = 0; number < messages; number += 1) await write(`Message ${number}.`);
  return { from, name, write, path: `/inbox/${encodeURIComponent(`whatsapp:${from}`)}` };
}

function messages(): Locator {
  return page.getByRole("list", { name: "Messages" });
}

async function openThread({ path }: { path: string }): Promise<void> {
  await page.goto(served.at(path));
  await messages().getByRole("listitem").first().waitFor();
}

function item(name: string): Locator {
  return page.locator(".items > li", { hasText: name });
}

describe("a thread", () => {
  test("opens at the newest, keeps its place while earlier ones are read, and tells of new ones below", async () => {
    const customer = await meetCustomer(messageCount);
    await openThread(customer);
    const scroller = page.locator(".scroller");
    const fromEnd = () => scroller.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight);
    expect(await fromEnd()).toBeLessThan(2);
    const marked = messages().getByText(`Message ${messageCount - 45}.`, { exact: true });
    await scroller.evaluate((element) => {
      element.scrollTop = 300;
    });
    const place = async () => (await marked.boundingBox())?.y;
    const before = await place();
    // To be near the top is enough for earlier ones to be read.
    await messages()
      .getByText(`Message ${messageCount - 140}.`, { exact: true })
      .waitFor({ state: "attached" });
    expect(await place()).toBeCloseTo(before as number, 0);

    await customer.write("Are you there?");
    await page.getByRole("button", { name: "1 new message ↓" }).waitFor();
    await customer.write("Hello?");
    const below = page.getByRole("button", { name: "2 new messages ↓" });
    await below.waitFor();
    expect(await place()).toBeCloseTo(before as number, 0);
    await below.click();
    await messages().getByText("Hello?").waitFor();
    expect(await fromEnd()).toBeLessThan(2);
    expect(await below.isVisible()).toBe(false);
    await customer.write("Good.");
    await messages().getByText("Good.").waitFor();
    expect(await fromEnd()).toBeLessThan(2);
  });

  test("shows what one sent, wherever one was reading", async () => {
    await openThread(await meetCustomer(messageCount));
    await page.locator(".scroller").evaluate((element) => {
      element.scrollTop = 200;
    });
    await page.getByRole("button", { name: "Latest ↓" }).waitFor();
    await page.getByRole("textbox", { name: "Message" }).fill("On its way.");
    await page.keyboard.press("Control+Enter");
    const sent = messages().getByText("On its way.");
    await sent.waitFor();
    await eventually(async () => expect(await sent.evaluate((e) => e.getBoundingClientRect().bottom < 800)).toBe(true));
  });

  test("sends once what is sent again while it still goes out, and others of other conversations", async () => {
    const [customer, other] = [await meetCustomer(), await meetCustomer()];
    await openThread(customer);
    const gate = Promise.withResolvers<void>();
    await page.route("**/_console/messages**", (route) => gate.promise.then(() => route.continue()));
    await page.getByRole("textbox", { name: "Message" }).fill("Only once.");
    const send = page.getByRole("button", { name: "Send" });
    for (let time = 0; time < 2; time += 1) await page.keyboard.press("Control+Enter");
    await customer.write("Are you writing?");
    await messages().getByText("Are you writing?").waitFor();
    expect(await send.isDisabled()).toBe(true);
    await page.keyboard.press("Control+Enter");
    await item(other.name).click();
    await eventually(async () => expect(await send.isEnabled()).toBe(true));
    await page.goBack();
    await messages().getByText("Are you writing?").waitFor();
    expect(await send.isDisabled()).toBe(true);
    gate.resolve();
    await messages().getByText("Only once.").waitFor();
    await Promise.all([customer.write("Thanks."), messages().getByText("Thanks.").waitFor()]);
    expect(await messages().getByText("Only once.").count()).toBe(1);
  });

  test("shows each status of a message as it comes, and why it failed", async () => {
    const customer = await meetCustomer();
    await openThread(customer);
    const { control, key } = served.reference;
    const send = async (content: string) => {
      const answer = await fetch(`${served.origin}/v1/messaging/send`, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        body: JSON.stringify({ platform: "whatsapp", to: customer.from, messageType: "text", content }),
      });
      const { id } = (await answer.json()) as { id: string };
      return { id, item: messages().getByRole("listitem").filter({ hasText: content }) };
    };
    const first = await send("Watched one");
    const second = await send("Watched two");
    for (const status of ["queued", "sent", "delivered", "read"] as const) {
      if (status !== "queued") await control.setMessageStatus(first.id, { status });
      await first.item.locator(`.status.${status}`).waitFor();
    }
    await control.setMessageStatus(second.id, { status: "failed", failureReason: "The number is not on WhatsApp." });
    await second.item.getByText("failed: The number is not on WhatsApp.").waitFor();
    await item(customer.name).getByText("Not delivered:").waitFor();
  });
});

test("a dialog is closed by a touch beside it, and not by one within", async () => {
  const touched = await browser.open({ hasTouch: true, viewport: { width: 390, height: 844 } });
  await touched.page.goto(served.at("/inbox"));
  await touched.page.getByRole("button", { name: "Write as a customer" }).tap();
  const dialog = touched.page.getByRole("dialog");
  await dialog.getByRole("heading").tap();
  expect(await dialog.isVisible()).toBe(true);
  await touched.page.touchscreen.tap(195, 8);
  await dialog.waitFor({ state: "detached" });
  await touched.page.context().close();
  expectCalm(touched, served.origin);
});

test("a contact that is renamed is called so where the list does not show the conversation", async () => {
  const customer = await meetCustomer();
  await openThread(customer);
  await page.getByRole("searchbox", { name: "Search conversations" }).fill("nothing has this");
  await page.getByText("None found").waitFor();
  await fetch(`${served.origin}/v1/contacts`, {
    method: "POST",
    headers: { Authorization: `Bearer ${served.reference.key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ phone: customer.from, firstName: "Renamed", lastName: "Meanwhile" }),
  });
  await page.getByRole("heading", { name: "Renamed Meanwhile" }).waitFor();
});

describe("drafts", () => {
  test("stay with their conversation, over a reload, until they are sent", async () => {
    const [customer, other] = [await meetCustomer(), await meetCustomer()];
    await openThread(other);
    await openThread(customer);
    await page.getByRole("heading", { name: customer.name }).waitFor();
    const box = page.getByRole("textbox", { name: "Message" });
    await box.fill("half a sent");
    // While another conversation is read, what is typed goes nowhere.
    const gate = Promise.withResolvers<void>();
    await page.route("**/_console/conversations/**", (route) => gate.promise.then(() => route.continue()));
    await page.evaluate(`location.hash = ${JSON.stringify(other.path)}`);
    await eventually(async () => expect(await box.isEditable()).toBe(false));
    await page.keyboard.type("For whom?");
    await page.keyboard.press("Control+Enter");
    gate.resolve();
    await page.getByRole("heading", { name: other.name }).waitFor();
    await eventually(async () => expect(await box.inputValue()).toBe(""));
    await item(customer.name).getByText("draft").waitFor();
    await page.goto("about:blank");
    await openThread(customer);
    expect(await box.inputValue()).toBe("half a sent");
    await box.fill("A whole sentence.");
    await page.getByRole("button", { name: "Send" }).click();
    await messages().getByText("A whole sentence.").waitFor();
    await eventually(async () => expect(await box.inputValue()).toBe(""));
    await page.reload();
    await messages().getByRole("listitem").first().waitFor();
    expect(await box.inputValue()).toBe("");
  });
});

describe("the list", () => {
  test("is searched by name, phone and text, and narrowed by channel, status and assignee", async () => {
    const customer = await meetCustomer();
    await customer.write("Here is a needle in a haystack.");
    await served.reference.control.inbound({ platform: "telegram", from: "7", name: "On Telegram", content: "Hi" });
    for (let number = 0; number < 3; number += 1) await meetCustomer();
    await page.goto(served.at("/inbox"));
    const names = page.locator(".items strong");
    await names.first().waitFor();
    const find = async (words: string, found: string[]) => {
      await page.getByRole("searchbox", { name: "Search conversations" }).fill(words);
      await eventually(async () => expect(await names.allTextContents()).toEqual(found));
    };
    await find(customer.name.toLowerCase(), [customer.name]);
    await find("a needle in a", [customer.name]);
    await find(`${customer.from.slice(0, 6)} ${customer.from.slice(6)}`, [customer.name]);
    await find("nothing has this", []);
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByLabel("Channel").selectOption("Telegram");
    await eventually(async () => expect(await names.allTextContents()).toEqual(["On Telegram"]));
    await page.getByLabel("Status").selectOption("Resolved");
    await page.getByText("None found").waitFor();
    await page.getByLabel("Channel").selectOption("Channel");
    await page.getByLabel("Status").selectOption("Assigned");
    await page.getByLabel("Assignee").selectOption("Omar Nasser");
    await eventually(async () => {
      const feet = await page.locator(".items .item-foot").allTextContents();
      expect(feet.length).toBeGreaterThan(0);
      expect(feet.filter((text) => !text.includes("Omar Nasser"))).toEqual([]);
    });
  });

  test("marks what is unread, until it is opened; what comes where one reads is read", async () => {
    const { name } = await meetCustomer();
    await page.goto(served.at("/inbox"));
    await item(name).getByText("Unread").waitFor();
    await item(name).getByRole("link").click();
    await item(name).getByText("Unread").waitFor({ state: "detached" });
    await page.reload();
    await item(name).waitFor();
    expect(await item(name).getByText("Unread").count()).toBe(0);
  });
});
