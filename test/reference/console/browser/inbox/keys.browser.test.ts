/** A day's work without a pointer: shortcuts, the palette, dialogs, what is undone, and contacts. */
import { describe, expect, test } from "@jest/globals";
import { consoleOfEach, eventually } from "../browser.ts";
import { expectSound } from "../looks.ts";

const the = consoleOfEach();

async function openInbox() {
  const { page } = the.watched;
  await page.goto(the.served.at("/inbox"));
  await page.locator(".items a").first().waitFor();
  return page;
}

async function readHeading() {
  return the.watched.page.locator(".thread-head h2").innerText();
}

describe("keys", () => {
  test("j and k go through the conversations, / searches, r answers, Escape leaves the box", async () => {
    const page = await openInbox();
    for (const [key, name] of [
      ["j", "Sara Hussein"],
      ["j", "Ivan Petrov"],
      ["k", "Sara Hussein"],
      ["k", "Sara Hussein"],
    ] as const) {
      await page.keyboard.press(key);
      await eventually(async () => expect(await readHeading()).toBe(name));
    }
    await page.keyboard.press("r");
    const box = page.getByRole("textbox", { name: "Message" });
    await page.keyboard.type("jerk?");
    expect(await box.inputValue()).toBe("jerk?");
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await eventually(async () => expect(await readHeading()).toBe("Ivan Petrov"));
    await page.keyboard.press("/");
    await page.keyboard.type("mar");
    await eventually(async () => expect(await page.locator(".items strong").allTextContents()).toEqual(["Marta Ruiz"]));
  });

  test("e resolves, the undo takes it back, and so does e again", async () => {
    const page = await openInbox();
    await page.keyboard.press("j");
    await page.getByRole("button", { name: "Resolve" }).waitFor();
    await page.keyboard.press("e");
    const toast = page.locator(".toast", { hasText: "Resolved: Sara Hussein" });
    await page.getByRole("button", { name: "Reopen" }).waitFor();
    await toast.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Resolve" }).waitFor();
    expect(await toast.count()).toBe(0);
    expect(await page.getByLabel("Assigned to").inputValue()).not.toBe("");
    await page.keyboard.press("e");
    await page.getByRole("button", { name: "Reopen" }).waitFor();
    await page.keyboard.press("e");
    await page.getByRole("button", { name: "Resolve" }).waitFor();
  });

  test("? lists them, and they can be switched off for who speaks to the computer", async () => {
    const page = await openInbox();
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.getByText("Next conversation").waitFor();
    await help.getByLabel("Single keys do something").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Search and commands" }).waitFor();
    expect(page.url()).toMatch(/#\/inbox$/);
  });

  test("Ctrl K finds commands, pages, conversations and contacts, and goes there", async () => {
    const page = await openInbox();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("yus");
    const options = page.locator("dialog").getByRole("option");
    await eventually(async () => expect(await options.count()).toBe(2));
    const field = page.getByRole("combobox", { name: "Search and commands" });
    await page.keyboard.press("ArrowDown");
    const chosen = page.locator('[role="option"][aria-selected="true"]');
    expect(await chosen.innerText()).toContain("Contact");
    expect(await field.getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
    await page.keyboard.press("Enter");
    await page.locator(".card h2", { hasText: "Yusuf Rahman" }).waitFor();
    // Enter waits for what is found, until the palette is left.
    const [asked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await page.route(/_console\/contacts\?.*query=marta/, (route) => {
      asked.resolve();
      return gate.promise.then(() => route.continue());
    });
    await page.keyboard.press("Control+k");
    await page.keyboard.type("marta");
    await page.keyboard.press("Enter");
    await asked.promise;
    await page.mouse.click(4, 4);
    const found = page.waitForResponse(/_console\/contacts\?.*query=marta/);
    gate.resolve();
    await (await found).finished();
    await page.evaluate(`fetch("/").then((answer) => answer.text())`);
    await page.keyboard.press("Control+k");
    expect(await page.locator(".card h2").innerText()).toBe("Yusuf Rahman");
    await page.keyboard.type("clock");
    // Enter is the input method's own while it composes a word.
    await field.dispatchEvent("keydown", { key: "Enter", isComposing: true });
    expect(await field.isVisible()).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Clock & Faults" }).waitFor();
  });
});

describe("a dialog", () => {
  test("is closed by a press beside it, by its cross and by Escape, and not by a press that began within", async () => {
    const page = await openInbox();
    const dialog = page.getByRole("dialog", { name: "Write as a customer" });
    const open = () => page.getByRole("button", { name: "Write as a customer" }).click();
    for (const close of [
      () => page.mouse.click(4, 4),
      () => dialog.getByRole("button", { name: "Close" }).click(),
      () => page.keyboard.press("Escape"),
    ]) {
      await open();
      await dialog.waitFor();
      await close();
      await dialog.waitFor({ state: "detached" });
    }
    await open();
    const address = dialog.getByLabel("Address");
    await address.fill("+9715");
    const { x, y } = (await address.boundingBox()) as { x: number; y: number };
    await page.mouse.move(x + 20, y + 8);
    await page.mouse.down();
    await page.mouse.move(4, 4);
    await page.mouse.up();
    await page.mouse.click(x + 20, y + 8);
    expect(await address.inputValue()).toBe("+9715");
  });
});

describe("a contact", () => {
  test("is made, changed and deleted, each as the API has it", async () => {
    const { page } = the.watched;
    await page.goto(the.served.at("/contacts"));
    await page.getByRole("button", { name: "New contact" }).click();
    await page.getByLabel("First name").fill("Omar");
    await page.getByLabel("Phone").fill("123");
    await page.keyboard.press("Enter");
    await page.locator(".finding", { hasText: /\S/ }).first().waitFor();
    await page.getByLabel("Phone").fill("+971 50 000 00 09");
    await page.keyboard.press("Enter");
    await page.locator(".card h2", { hasText: "Omar" }).waitFor();

    await page.keyboard.press("e");
    const edit = page.getByRole("dialog", { name: "Edit contact" });
    await fetch(`${the.served.origin}/v1/contacts`, {
      method: "POST",
      headers: { Authorization: `Bearer ${the.served.reference.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ phone: "+971500000009", properties: { externalId: "crm_9" } }),
    });
    await edit.getByLabel("Last name").fill("Aziz");
    await edit.getByLabel("Phone").fill("");
    await edit.getByLabel("E-mail").fill("omar@example.com");
    await page.keyboard.press("Enter");
    await page.locator(".items strong", { hasText: "Omar Aziz" }).waitFor();
    const read = async () =>
      (await (
        await fetch(`${the.served.origin}/v1/contacts?email=omar%40example.com`, {
          headers: { Authorization: `Bearer ${the.served.reference.key}` },
        })
      ).json()) as { data: object[] };
    expect((await read()).data).toMatchObject([
      { firstName: "Omar", lastName: "Aziz", phone: null, properties: { externalId: "crm_9" } },
    ]);

    await page.getByRole("button", { name: "Delete" }).click();
    const confirm = page.getByRole("dialog", { name: "Delete this contact?" });
    await confirm.getByRole("button", { name: "Cancel" }).click();
    expect((await read()).data).toHaveLength(1);
    await page.getByRole("button", { name: "Delete" }).click();
    await confirm.getByRole("button", { name: "Delete the contact" }).click();
    await page.locator(".toast", { hasText: "Deleted: Omar Aziz" }).waitFor();
    await page.locator(".items strong", { hasText: "Omar Aziz" }).waitFor({ state: "detached" });
    expect((await read()).data).toEqual([]);
  });
});

/** One page for all of it: what a browser has to do anew for each look is what takes the time. */
test("all of it is accessible, in light and dark, at 1280, 768 and 390 pixels", async () => {
  const { page } = the.watched;
  const { control } = the.served.reference;
  for (let number = 0; number < 60; number += 1) {
    await control.inbound({ platform: "whatsapp", from: "+971500000000", content: `Message ${number}.` });
  }
  for (const [width, height] of [
    [1280, 800],
    [768, 1024],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto("about:blank");
      await page.goto(the.served.at("/inbox/whatsapp%3A%2B971500000000"));
      await page.locator(".message").first().waitFor();
      await page.locator(".scroller").evaluate((element) => {
        element.scrollTop = 300;
      });
      await page.getByRole("button", { name: "Latest ↓" }).waitFor();
      await control.inbound({ platform: "whatsapp", from: "+971500000000", content: "One more." });
      await page.getByRole("button", { name: "1 new message ↓" }).waitFor();
      await expectSound(page);
      await page.keyboard.press("Control+k");
      await page.keyboard.type("sara");
      await page.locator("dialog").getByRole("option").nth(1).waitFor();
      await expectSound(page);
      await page.keyboard.press("Escape");
      await page.goto(the.served.at("/contacts"));
      await page.getByRole("link", { name: /Sara Hussein/ }).click();
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByRole("dialog", { name: "Edit contact" }).waitFor();
      await expectSound(page);
      await page.keyboard.press("Escape");
    }
  }
});
