/** The approval page in a browser: signing in, sending, editing, declining; by light, dark and on a phone. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { BrowserContextOptions } from "playwright-core";
import { serveApprovals } from "../../../../mcp/approvals/serve.ts";
import { hello } from "../../../../testing/approvals.ts";
import { type Browser, eventually, expectCalm, launch } from "../../../reference/console/browser/browser.ts";
import { expectSound, looks } from "../../../reference/console/browser/looks.ts";
import { createPageWorld, operatorToken } from "../visitor.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function open(options?: BrowserContextOptions) {
  const world = await createPageWorld();
  const { proposals, now, onsync } = world;
  const server = await serveApprovals({ proposals, now, findClient: () => onsync, token: operatorToken }, 0);
  const watched = await browser.open(options);
  const { page } = watched;
  const signIn = async (path = "") => {
    await page.goto(`${server.url}${path}`);
    await page.getByLabel("Your name").fill("Sara");
    await page.getByLabel("Operator token").fill(operatorToken);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  const dispose = async () => {
    await page.context().close();
    await server.close();
    await world[Symbol.asyncDispose]();
    expectCalm(watched, new URL(server.url).origin);
  };
  return { ...world, page, signIn, [Symbol.asyncDispose]: dispose };
}

/** Where SCREENSHOTS names a folder, what each look shows is kept for a person. */
async function keepPicture(page: { screenshot(options: object): Promise<unknown> }, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

describe("the approval page in a browser", () => {
  test("one click sends what is shown, clicked twice, and the page says so", async () => {
    await using world = await open();
    await world.propose();
    await world.signIn();
    await world.page.getByRole("button", { name: "Send", exact: true }).dblclick();
    await eventually(async () =>
      expect(await world.page.locator(".state").innerText()).toContain("Sent, approved by Sara"),
    );
    expect(world.sent.map(({ content }) => content)).toEqual([hello.content]);
  });

  test("a person edits before sending, and characters that nobody sees are marked and left out of the edit", async () => {
    await using world = await open();
    const id = await world.propose({ ...hello, content: "Pay\u200b here\u{e0041}" });
    await world.signIn(`/${id}`);
    expect(await world.page.locator("mark").allInnerTexts()).toEqual(["U+200B", "U+E0041"]);
    await world.page.getByText("Edit", { exact: true }).click();
    expect(await world.page.getByLabel("Text").inputValue()).toBe("Pay here");
    await world.page.getByLabel("Text").fill("See you at eight.\nSara");
    await world.page.getByRole("button", { name: "Send this instead" }).click();
    await eventually(async () => expect(await world.page.locator(".state").innerText()).toContain("edited"));
    expect(world.sent.map(({ content }) => content)).toEqual(["See you at eight.\nSara"]);
  });

  test("a person declines with a reason", async () => {
    await using world = await open();
    const id = await world.propose();
    await world.signIn();
    await world.page.getByText("Decline", { exact: true }).first().click();
    await world.page.getByLabel("Reason").fill("Not ours");
    await world.page.getByRole("button", { name: "Decline" }).click();
    await eventually(async () => expect(await world.page.locator(".state").innerText()).toContain("Not ours"));
    expect(await world.proposals.find(id)).toMatchObject({ state: "declined", reason: "Not ours" });
  });

  test("nothing that is written runs, loads or draws", async () => {
    await using world = await open();
    const content =
      '<img src="https://evil.example/x" onerror="alert(1)"><script>alert(2)</script></textarea><style>*{display:none}</style>';
    await world.propose({ ...hello, content });
    await world.signIn();
    expect(await world.page.locator(".text").first().innerText()).toBe(content);
    expect(await world.page.locator("img, script").count()).toBe(0);
  });

  test.each(Object.entries(looks))("is sound and complete: %s", async (name, options) => {
    await using world = await open(options);
    await world.page.goto("about:blank");
    await world.propose({
      ...hello,
      content: `Dear Sara,\n\nyour table is booked for eight.\u200b ${"Supercalifragilistic".repeat(12)}`,
    });
    const id = await world.propose({ ...hello, content: "مرحبا! Your order has left." });
    const declined = await world.propose({ ...hello, content: "Pay here." });
    await world.onsync.messages.send({
      platform: "telegram",
      to: hello.to,
      messageType: "text",
      content: "We open at six.",
    });
    await world.signIn();
    await expectSound(world.page);
    await keepPicture(world.page, `list-${name}`);
    await world.page.goto(new URL(`/approvals/${declined}`, world.page.url()).href);
    await world.page.getByText("Decline", { exact: true }).first().click();
    await world.page.getByRole("button", { name: "Decline" }).click();
    await world.page.goto(new URL(`/approvals/${id}`, world.page.url()).href);
    await world.page.getByText("Edit", { exact: true }).click();
    await expectSound(world.page);
    await keepPicture(world.page, `message-${name}`);
  });
});
