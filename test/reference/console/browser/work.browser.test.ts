/** Keys, requests, faults, contacts, the live stream and the keyboard, in a browser. */
import { describe, expect, test } from "@jest/globals";
import { consoleOfEach } from "./browser.ts";

const the = consoleOfEach();

function me(key: string) {
  return fetch(`${the.served.origin}/v1/me`, { headers: { Authorization: `Bearer ${key}`, "User-Agent": "curl/8.5" } });
}

test("a key is made with its scopes, shown once, used, and revoked", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/settings/keys"));
  await page.getByRole("button", { name: "Generate key" }).click();
  for (const scope of ["write:contacts", "read:messages", "write:messages", "read:webhooks", "write:webhooks"]) {
    await page.getByRole("checkbox", { name: scope }).uncheck();
  }
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const key = await page.getByRole("region", { name: "The new key" }).innerText();
  await page.getByRole("button", { name: "Done" }).click();
  const prefix = key.slice(0, 19);
  const row = page.locator("li.row", { hasText: prefix });
  await row.waitFor();
  expect(await row.locator(".chips").innerText()).toBe("read:contacts");
  expect(await page.content()).not.toContain(key);

  const answer = await me(key);
  expect(await answer.json()).toMatchObject({ scopes: ["read:contacts"] });
  await page.getByRole("link", { name: "Requests" }).click();
  const requests = page.locator(".request");
  await requests.getByText(`${prefix}…`).first().waitFor();

  await page.getByRole("link", { name: "API & Webhooks" }).click();
  await row.getByRole("button", { name: /Revoke/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  expect((await me(key)).status).toBe(200);
  await row.getByRole("button", { name: /Revoke/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await row.getByText("revoked", { exact: true }).waitFor();
  expect((await me(key)).status).toBe(401);
  expect((await me(the.served.reference.key)).status).toBe(200);
});

test("requests appear as they are made, with what went wrong; the gauge goes down", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/requests"));
  await page.getByText("No requests yet").waitFor();
  expect(await page.getByRole("meter").getAttribute("aria-valuenow")).toBe("1000");
  const response = await fetch(`${the.served.origin}/v1/contacts/contact_none`, {
    headers: { Authorization: `Bearer ${the.served.reference.key}` },
  });
  const { requestId } = (await response.json()) as { requestId: string };
  const request = page.locator(".request", { hasText: requestId });
  await request.getByText("404").waitFor();
  await request.locator("summary").click();
  await request.locator(".facts").getByText("There is no contact contact_none in this org.").waitFor();
  expect(await page.getByRole("meter").getAttribute("aria-valuetext")).toBe("999 of 1000");
  await page.getByText("Full again in").waitFor();
});

test("a fault is set, meets requests, and is cleared; the console itself is spared", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/clock"));
  await page.getByRole("button", { name: "Next three answer 503" }).click();
  await page.getByText("Any method any path, 3 times: answers 503").waitFor();
  expect((await me(the.served.reference.key)).status).toBe(503);
  await page.getByText("met 1 request", { exact: true }).waitFor();
  await page.getByText("A fault of your own").click();
  await page.getByLabel("Path").selectOption("/v1/me");
  await page.getByRole("button", { name: "Add the fault" }).click();
  await page.getByText("give at least one of latencyMs, status and kind").waitFor();
  await page.getByLabel("Status").fill("429");
  await page.getByRole("button", { name: "Add the fault" }).click();
  await page.getByText("Any method /v1/me: answers 429").waitFor();
  await page.getByRole("button", { name: "Clear all faults" }).click();
  await page.getByText("The API answers as it should.").waitFor();
  expect((await me(the.served.reference.key)).status).toBe(200);
});

test("the clock freezes, advances and closes a window that is being looked at", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/clock"));
  await page.getByRole("button", { name: "Freeze" }).click();
  await page.getByText("frozen", { exact: true }).waitFor();
  await page.getByText("Clock frozen").waitFor();
  await page.getByRole("link", { name: "Inbox" }).click();
  await page.getByRole("link", { name: /Sara Hussein/ }).click();
  await page.getByText("24-hour window open for").waitFor();
  await the.served.reference.control.clock({ advanceMs: 24 * 60 * 60 * 1000 });
  await page.getByText("24-hour window closed since").waitFor();
});

test("contacts are found as one types; tags and properties change, and others see it", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/contacts"));
  await page.getByRole("searchbox").fill("rah");
  const items = page.locator(".items a");
  await items.getByText("Sara Hussein").waitFor({ state: "detached" });
  expect(await items.allInnerTexts()).toEqual([expect.stringContaining("Yusuf Rahman")]);
  await items.first().click();
  await page.getByLabel("New tag").fill("waiting");
  await page.getByLabel("New tag").press("Enter");
  await page.getByRole("button", { name: "Remove the tag waiting" }).waitFor();
  await page.getByLabel("Name of the property").fill("order");
  await page.getByLabel("Value", { exact: true }).fill("1187");
  await page.getByRole("button", { name: "Set" }).click();
  await page.getByRole("button", { name: "Remove the property order" }).waitFor();

  const contacts = await fetch(`${the.served.origin}/v1/contacts?phone=%2B971501112233`, {
    headers: { Authorization: `Bearer ${the.served.reference.key}` },
  });
  expect(await contacts.json()).toMatchObject({ data: [{ tags: ["waiting"], properties: { order: "1187" } }] });

  await page.getByRole("searchbox").fill("nobody at all");
  await page.getByText("Nobody found").waitFor();
});

test("a broken stream is taken up again, and what was missed is read", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/inbox"));
  const live = page.locator("#live");
  await live.filter({ hasText: "Live" }).waitFor();
  await page.context().setOffline(true);
  the.served.reference.endStreams();
  await live.filter({ hasText: "Reconnecting" }).waitFor();
  await the.served.reference.control.inbound({
    platform: "telegram",
    from: "1",
    name: "Missed",
    content: "Are you there?",
  });
  await page.context().setOffline(false);
  await live.filter({ hasText: "Live" }).waitFor();
  await page.getByText("Are you there?").waitFor();
  expect(the.watched.errors).toEqual([]);
});

test("what a person writes and stands on stays while things happen", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/inbox/whatsapp%3A%2B971500000000"));
  const box = page.getByRole("textbox", { name: "Message" });
  await box.fill("half a sent");
  await the.served.reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Hello again" });
  await page.getByRole("list", { name: "Messages" }).getByText("Hello again").waitFor();
  expect(await box.inputValue()).toBe("half a sent");
  expect(await box.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
});

describe("by keyboard", () => {
  const focused = () => the.watched.page.evaluate("document.activeElement?.textContent?.trim()") as Promise<string>;

  test("skip link, navigation, and a list that is one stop with arrow keys within", async () => {
    const { page } = the.watched;
    await page.goto(the.served.at("/inbox"));
    const items = page.locator(".items a");
    await items.first().waitFor();
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Write as a customer");
    await page.keyboard.press("Tab");
    expect(await page.getByRole("searchbox").evaluate((element) => element.matches(":focus"))).toBe(true);
    // The status, the channel, the assignee, and the list.
    for (let stop = 0; stop < 4; stop += 1) await page.keyboard.press("Tab");
    expect(await focused()).toContain("Sara Hussein");
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    expect(outline).toBe("solid");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toContain("Ivan Petrov");
    await page.keyboard.press("End");
    expect(await focused()).toContain("Marta Ruiz");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Marta Ruiz/ }).waitFor();
    expect(await items.evaluateAll((all) => all.filter((item) => item.getAttribute("tabindex") === "0").length)).toBe(
      1,
    );
  });

  test("a message is written and sent", async () => {
    const { page } = the.watched;
    await page.goto(the.served.at("/inbox/whatsapp%3A%2B971500000000"));
    const agent = page.getByRole("radio", { name: "Agent" });
    await agent.focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("radio", { name: "Customer" }).isChecked()).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.type("Typed by hand");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("list", { name: "Messages" }).getByText("Typed by hand").waitFor();
  });

  test("a dialog is closed by Escape", async () => {
    const { page } = the.watched;
    await page.goto(the.served.at("/settings/keys"));
    await page.getByRole("button", { name: "Generate key" }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused()).toBe("Generate key");
  });
});
