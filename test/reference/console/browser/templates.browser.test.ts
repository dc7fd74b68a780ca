/** Templates in a browser: registered, replaced, and chosen where a message is written. */
import { expect, test } from "@jest/globals";
import { consoleOfEach } from "./browser.ts";
import { expectSound } from "./looks.ts";

const the = consoleOfEach();

function get(path: string) {
  return fetch(`${the.served.origin}/v1${path}`, { headers: { Authorization: `Bearer ${the.served.reference.key}` } });
}

function row(name: string) {
  return the.watched.page.locator("li.row", { hasText: name });
}

const yusuf = "whatsapp%3A%2B971501112233";

test("a template is registered, with what is wrong said beside each field, then replaced", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/settings/templates"));
  await row("appointment_reminder").locator(".template-parts").getByText("Your appointment").waitFor();
  expect(await row("appointment_reminder").locator(".template-parts .variable").allInnerTexts()).toEqual([
    "{{1}}",
    "{{2}}",
    "{{3}}",
  ]);

  await page.getByRole("button", { name: "Register template" }).click();
  const dialog = page.getByRole("dialog");
  const wrong = (label: string, text: string) =>
    dialog
      .locator(".field", { has: page.getByLabel(label, { exact: true }) })
      .getByText(text)
      .waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await wrong("Body", "Is required: the text that the customer reads");
  await dialog.getByLabel("Body").fill("Hi {{1}}, your voucher {{2}} waits.");
  await dialog.getByText("Variables of the body: {{1}}, {{2}}.").waitFor();
  await dialog.getByLabel("Language").fill("e");
  await dialog.getByRole("button", { name: "Save" }).click();
  await wrong("Name", "Must have at least 1 character");
  await wrong("Language", "Must have at least 2 characters");
  expect(await dialog.locator("[aria-invalid]").count()).toBe(2);
  await expectSound(page);
  await dialog.getByLabel("Name").fill("voucher");
  await dialog.getByLabel("Language").fill("en");
  await dialog.getByLabel("Category").selectOption("Marketing");
  await dialog.getByLabel("Status").selectOption("pending");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await row("voucher").getByText("pending").waitFor();
  await row("voucher").getByText("MARKETING").waitFor();

  await row("voucher").getByRole("button", { name: "Change voucher (en)" }).click();
  await dialog.getByText("Replaces voucher (en).").waitFor();
  await dialog.getByLabel("Status").selectOption("approved");
  await dialog.getByRole("button", { name: "Save" }).click();
  await row("voucher").getByText("approved").waitFor();
  expect(await row("voucher").count()).toBe(1);
  expect(await (await get("/templates")).json()).toMatchObject({
    data: expect.arrayContaining([
      {
        name: "voucher",
        language: "en",
        status: "approved",
        platform: "whatsapp",
        category: "MARKETING",
        components: [{ type: "BODY", text: "Hi {{1}}, your voucher {{2}} waits." }],
      },
    ]),
  });
});

test("what a template has beside its texts outlives a change", async () => {
  const { page } = the.watched;
  const buttons = { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Thanks" }] };
  const picture = { type: "HEADER", format: "IMAGE" };
  await the.served.reference.control.templates.save({
    name: "gift",
    category: "CUSTOM",
    components: [picture, { type: "body", text: "Old {{name}}", example: ["Sara"] }, buttons],
  });
  await page.goto(the.served.at("/settings/templates"));
  await row("gift").getByText("QUICK_REPLY").waitFor();
  await row("gift").getByRole("button", { name: "Change" }).click();
  await page.getByLabel("Body").fill("New {{name}}");
  await page.getByLabel("Footer").fill("Reply STOP");
  await page.getByRole("button", { name: "Save" }).click();
  await row("gift").locator(".template-parts").getByText("Reply STOP").waitFor();
  const saved = (await the.served.reference.control.templates.list()).find(({ name }) => name === "gift");
  expect(saved).toMatchObject({
    category: "CUSTOM",
    components: [
      picture,
      { type: "body", text: "New {{name}}", example: ["Sara"] },
      { type: "FOOTER", text: "Reply STOP" },
      buttons,
    ],
  });
});

test("an approved template can be chosen at once where a message is being written, and what was typed stays", async () => {
  const { page } = the.watched;
  const { templates } = the.served.reference.control;
  await page.goto(the.served.at(`/inbox/${yusuf}`));
  const choice = page.getByLabel("Template", { exact: true }).and(page.locator("select"));
  await choice.selectOption("order_follow_up (en)");
  const value = page.getByLabel("Value of {{1}}");
  await value.fill("Mr Rahman");
  await templates.save({ name: "later", status: "pending", components: [{ type: "BODY", text: "Later" }] });
  await templates.save({ name: "voucher", components: [{ type: "BODY", text: "Your voucher: {{code}}" }] });
  await choice.locator("option", { hasText: "voucher (en)" }).waitFor({ state: "attached" });
  expect(await choice.locator("option", { hasText: "later" }).count()).toBe(0);
  expect(await choice.inputValue()).toBe("order_follow_up (en)");
  expect(await value.inputValue()).toBe("Mr Rahman");

  await choice.selectOption("voucher (en)");
  await page.getByLabel("Value of {{code}}").fill("A-1187");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("list", { name: "Messages" }).getByText("Your voucher: A-1187").waitFor();

  // Its text changes under the hand: the preview is the new one.
  await templates.save({ name: "voucher", components: [{ type: "BODY", text: "New voucher, {{first}}: {{code}}" }] });
  await page.getByText("New voucher, Yusuf: A-1187").waitFor();
  // And one that is rejected can be chosen no longer.
  await templates.save({ name: "voucher", status: "rejected", components: [] });
  await choice.locator("option", { hasText: "voucher" }).waitFor({ state: "detached" });
  await page.getByText("Reply YES to confirm").waitFor();
});

test("where there is no template, it says where to register one", async () => {
  const { page } = the.watched;
  for (const template of await the.served.reference.control.templates.list()) {
    await the.served.reference.control.templates.save({ ...template, platform: "whatsapp", status: "rejected" });
  }
  await page.goto(the.served.at(`/inbox/${yusuf}`));
  await page.getByText("No approved template").waitFor();
  await page.getByRole("link", { name: "Register one" }).click();
  await page.getByRole("button", { name: "Register template" }).waitFor();
});
