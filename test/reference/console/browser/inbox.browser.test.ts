/**
 * The inbox as somebody works in it all day, on one server with 2,500 contacts, 500 conversations and a thread of 5,000:
 * everything is reached, the place is kept, and what is new is shown.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Locator, Page } from "playwright-core";
import { type Browser, eventually, expectCalm, launch, type Served, serve, type Watched } from "./browser.ts";

const sara = "+971500000000";
const longThread = `/inbox/${encodeURIComponent(`whatsapp:${sara}`)}`;
const contactCount = 2500;
const conversationCount = 500;
const messageCount = 5000;

let browser: Browser;
let served: Served;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  served = await serve({ seed: null });
  const { control } = served.reference;
  for (let number = 0; number < contactCount - conversationCount; number += 1) {
    await served.reference.fetch(
      new Request(`${served.origin}/_console/contacts`, {
        method: "POST",
        headers: { Authorization: `Bearer ${served.reference.controlToken}`, "Content-Type": "application/json" },
        body: JSON.stringify({ firstName: "Contact", lastName: String(number), email: `c${number}@example.com` }),
      }),
    );
  }
  const platforms = ["telegram", "instagram", "facebook"] as const;
  for (let number = 0; number < conversationCount - 1; number += 1) {
    const platform = platforms[number % 3] as (typeof platforms)[number];
    await control.inbound({
      platform,
      from: `user_${number}`,
      name: `Customer ${number}`,
      content: `Question ${number}`,
    });
  }
  for (let number = 0; number < messageCount; number += 1) {
    await control.inbound({ platform: "whatsapp", from: sara, name: "Sara Hussein", content: `Message ${number}.` });
  }
});
afterAll(async () => {
  await browser.close();
  await served.close();
});
beforeEach(async () => {
  watched = await browser.open();
  page = watched.page;
  // So much is loaded here that a machine with other work may take its time.
  page.setDefaultTimeout(30_000);
});
afterEach(async () => {
  await page.context().close();
  expectCalm(watched, served.origin);
});

function write(content: string, from = sara) {
  return served.reference.control.inbound({ platform: "whatsapp", from, content });
}

function messages(): Locator {
  return page.getByRole("list", { name: "Messages" });
}

async function openThread(): Promise<void> {
  await page.goto(served.at(longThread));
  await messages().getByRole("listitem").first().waitFor();
}

/** Scrolls up, or down, until there is nothing more; what is on the page meanwhile is handed to `look`. */
async function scrollOn(
  scroller: string,
  to: "first" | "last",
  button: string,
  look: () => Promise<void>,
): Promise<void> {
  const more = page.getByRole("button", { name: button });
  for (let step = 0; step < 300; step += 1) {
    await look();
    if (!(await more.isVisible())) return;
    const before = await page.locator(scroller).evaluate((element) => element.textContent);
    await page.locator(scroller).evaluate((element, end) => {
      element.scrollTop = end === "first" ? 0 : element.scrollHeight;
    }, to);
    await eventually(async () =>
      expect(await page.locator(scroller).evaluate((element) => element.textContent)).not.toBe(before),
    );
  }
  throw new Error("there is no end of it");
}

describe("everything is reached by scrolling", () => {
  test("5,000 messages, of which the page holds a few hundred at a time", async () => {
    await openThread();
    const seen = new Set<string>();
    await scrollOn(".scroller", "first", "Earlier messages", async () => {
      const texts = await messages().locator(".text").allTextContents();
      expect(texts.length).toBeLessThanOrEqual(300);
      for (const text of texts) if (/^Message \d+\.$/.test(text)) seen.add(text);
    });
    expect(seen.size).toBe(messageCount);
    await page.getByRole("button", { name: "Latest ↓" }).click();
    await messages()
      .getByText(`Message ${messageCount - 1}.`)
      .waitFor();
  });

  test.each([
    ["/inbox", conversationCount],
    ["/contacts", contactCount],
  ])("%s: all %i", async (path, count) => {
    await page.goto(served.at(path));
    const items = page.locator(".items > li");
    await items.first().waitFor();
    await scrollOn(".master", "last", "Show more", async () => {});
    expect(await items.count()).toBe(count);
  });
});

describe("a thread", () => {
  test("opens at the newest, keeps its place while earlier ones are read, and tells of new ones below", async () => {
    await openThread();
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

    await write("Are you there?");
    await page.getByRole("button", { name: "1 new message ↓" }).waitFor();
    await write("Hello?");
    const below = page.getByRole("button", { name: "2 new messages ↓" });
    await below.waitFor();
    expect(await place()).toBeCloseTo(before as number, 0);
    await below.click();
    await messages().getByText("Hello?").waitFor();
    expect(await fromEnd()).toBeLessThan(2);
    expect(await below.isVisible()).toBe(false);
    await write("Good.");
    await messages().getByText("Good.").waitFor();
    expect(await fromEnd()).toBeLessThan(2);
  });

  test("shows what one sent, wherever one was reading", async () => {
    await openThread();
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

  test("shows each status of a message as it comes, and why it failed", async () => {
    await openThread();
    const { control, origin, key } = { ...served.reference, origin: served.origin };
    const send = async (content: string) => {
      const answer = await fetch(`${origin}/v1/messaging/send`, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        body: JSON.stringify({ platform: "whatsapp", to: sara, messageType: "text", content }),
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
    await page.locator(".items > li").first().getByText("Not delivered:").waitFor();
  });

  test("a new message is on the page soon after it came, with everything loaded", async () => {
    await openThread();
    await scrollOn(".master", "last", "Show more", async () => {});
    const took: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const text = `Round ${round} of ${Date.now()}`;
      const shown = page.evaluate(
        `new Promise((resolve) => {
          const observer = new MutationObserver(() => {
            if (!document.querySelector(".messages").lastElementChild.textContent.includes(${JSON.stringify(text)})) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
          });
          observer.observe(document.querySelector(".messages"), { childList: true });
        })`,
      ) as Promise<number>;
      // The observer is there before the message is.
      await page.evaluate("1");
      const came = Date.now();
      await write(text);
      took.push((await shown) - came);
    }
    const [best = 0, , , median = 0] = took.toSorted((one, other) => one - other);
    process.stdout.write(`a new message was painted ${best} ms after it came at best, ${median} ms in the middle\n`);
    // On a machine that does nothing else it is under 150 ms; here others may have its cores.
    expect(best).toBeLessThan(2000);
  });
});

describe("drafts", () => {
  test("stay with their conversation, over a reload, until they are sent", async () => {
    await openThread();
    const box = page.getByRole("textbox", { name: "Message" });
    await box.fill("half a sent");
    const other = page.locator(".items a", { hasText: "Customer 498" });
    await other.click();
    await page.getByRole("heading", { name: "Customer 498" }).waitFor();
    await eventually(async () => expect(await box.inputValue()).toBe(""));
    await page.locator(".items > li", { hasText: "Sara Hussein" }).getByText("draft").waitFor();
    await page.goto("about:blank");
    await openThread();
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
    await page.goto(served.at("/inbox"));
    const names = page.locator(".items strong");
    await names.first().waitFor();
    const find = async (words: string, found: string[]) => {
      await page.getByRole("searchbox", { name: "Search conversations" }).fill(words);
      await eventually(async () => expect(await names.allTextContents()).toEqual(found));
    };
    await find("sara hus", ["Sara Hussein"]);
    await find("Question 333", ["Customer 333"]);
    await find("+971 50 000", ["Sara Hussein"]);
    await find("nothing has this", []);
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByLabel("Channel").selectOption("WhatsApp");
    await eventually(async () => expect(await names.allTextContents()).toEqual(["Sara Hussein"]));
    await page.getByLabel("Status").selectOption("Resolved");
    await page.getByText("None found").waitFor();
    await page.getByLabel("Channel").selectOption("Channel");
    await page.getByLabel("Status").selectOption("Assigned");
    await page.getByLabel("Assignee").selectOption("Omar Nasser");
    await eventually(async () => {
      const feet = await page.locator(".items .item-foot").allTextContents();
      expect(feet.length).toBeGreaterThan(10);
      expect(feet.filter((text) => !text.includes("Omar Nasser"))).toEqual([]);
    });
  });

  test("marks what is unread, until it is opened; what comes where one reads is read", async () => {
    await page.goto(served.at("/inbox"));
    const item = page.locator(".items > li", { hasText: "Customer 497" });
    await item.getByText("Unread").waitFor();
    await item.getByRole("link").click();
    await item.getByText("Unread").waitFor({ state: "detached" });
    await page.reload();
    await item.waitFor();
    expect(await item.getByText("Unread").count()).toBe(0);
  });
});
