/** The Automation page in a browser: triggers that are made, act and are removed; summaries and the carrier. */
import { expect, test } from "@jest/globals";
import { consoleOfEach, eventually } from "../browser.ts";
import { expectSound } from "../looks.ts";

const the = consoleOfEach();

test("a trigger is made by keyboard, what is wrong is said beside its field, and what it does appears by itself", async () => {
  const { page } = the.watched;
  const { control } = the.served.reference;
  await page.goto(the.served.at("/automation"));
  await page.getByRole("button", { name: "New trigger" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "New trigger" });
  await dialog.getByLabel("Name").fill("Late orders");
  await dialog.getByLabel("It says").fill("refund\n\nmoney back");
  await dialog.getByLabel("Tag the contact").fill("refund, urgent");
  await dialog.getByLabel("Assign it to").selectOption("Daniel Reyes");
  await dialog.getByLabel("Reply").selectOption("A template, on WhatsApp");
  await dialog.getByLabel("Template", { exact: true }).selectOption("order_follow_up (en)");
  await dialog.getByLabel("Name").press("Enter");
  await dialog
    .locator(".field", { has: page.getByLabel("Name") })
    .getByText("Is the name of another trigger")
    .waitFor();
  await dialog.getByLabel("Value of {{1}}").fill("");
  await dialog.getByLabel("Name").fill("Refunds");
  await dialog.getByLabel("Name").press("Enter");
  await dialog
    .locator(".field", { has: page.getByLabel("Value of {{1}}") })
    .getByText("Must not be empty")
    .waitFor();
  await expectSound(page);
  await dialog.getByLabel("Value of {{1}}").fill("{{firstName}}");
  await dialog.getByLabel("Value of {{1}}").press("Enter");
  await page
    .getByText(
      "When a customer writes with “refund” or “money back”: tag the contact “refund” and “urgent”, assign it to Daniel Reyes and reply with order_follow_up (en).",
    )
    .waitFor();

  await control.inbound({ platform: "whatsapp", from: "+971500000000", content: "I want my MONEY BACK" });
  await page.getByText("tagged “refund” and “urgent”; assigned to Daniel Reyes; replied").waitFor();
  await page.getByText("Acted on 1 message.").waitFor();
  await page.getByRole("link", { name: "whatsapp:+971500000000" }).click();
  await page.getByText("Hi Sara, your order is on its way.").first().waitFor();
});

test("a trigger is changed, switched off and on, and removed after a question", async () => {
  const { page } = the.watched;
  const { control } = the.served.reference;
  await page.goto(the.served.at("/automation"));
  await page.getByRole("button", { name: "Switch on Late orders" }).click();
  await page.getByRole("button", { name: "Switch off Late orders" }).waitFor();
  await page.getByRole("button", { name: "Change Late orders" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the trigger" });
  expect(await dialog.getByLabel("It says").inputValue()).toBe("order\nparcel\nطلب");
  await dialog.getByLabel("Telegram").uncheck();
  await dialog.getByLabel("Reply").selectOption("A text");
  await dialog.getByLabel("Text").fill("We look into it, {{firstName}}.");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("reply “We look into it, {{firstName}}.”").waitFor();
  expect((await control.triggers.list())[0]).toMatchObject({
    enabled: true,
    when: { platforms: ["whatsapp", "instagram", "facebook"], contains: ["order", "parcel", "طلب"] },
    actions: {
      addTags: ["order"],
      assign: { name: "Layla Haddad" },
      reply: { text: "We look into it, {{firstName}}." },
    },
  });
  await page.getByRole("button", { name: "Remove Out of office" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove Out of office" }).waitFor({ state: "detached" });
  expect(await control.triggers.list()).toHaveLength(1);
});

test("summaries and the carrier are set, and what comes of them appears by itself", async () => {
  const { page } = the.watched;
  const { control } = the.served.reference;
  await page.goto(the.served.at("/automation"));
  await page.getByText("Off: they stay queued").waitFor({ state: "attached" });
  await page.getByLabel("Summarise conversations").check();
  await page.getByLabel("After so many messages").fill("1");
  await page.getByRole("button", { name: "Set the summaries" }).click();
  await page.getByText("The first comes with the next messages.").waitFor();
  await control.inbound({ platform: "telegram", from: "77", content: "Anybody there?" });
  await page.getByText("1 message since").waitFor();

  await page.getByLabel("Messages", { exact: true }).selectOption("Fails: sent, then failed");
  await page.getByLabel("Read after, in ms").fill("2");
  await page.getByRole("button", { name: "Set the carrier" }).click();
  await page
    .locator(".field", { has: page.getByLabel("Read after") })
    .getByText("Must be at least deliveredAfterMs")
    .waitFor();
  await page.getByLabel("Read after, in ms").fill("9000");
  await page.getByRole("button", { name: "Set the carrier" }).click();
  await eventually(async () => expect(await control.carrier()).toMatchObject({ mode: "fails", readAfterMs: 9000 }));
  await control.carrier({ mode: "delivers" });
  await eventually(async () =>
    expect(await page.getByLabel("Messages", { exact: true }).inputValue()).toBe("delivers"),
  );
});

test("nothing sticks out or cannot be used, light and dark, at three widths", async () => {
  const { page } = the.watched;
  const { control } = the.served.reference;
  for (const { id } of await control.triggers.list()) await control.triggers.update(id, { enabled: true });
  await control.summaries.set({ enabled: true, everyMessages: 1 });
  await control.inbound({ platform: "instagram", from: "a".repeat(200), content: "order ".repeat(60) });
  await page.goto(the.served.at("/automation"));
  await page.getByText("1 message since").waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 768, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await expectSound(page);
    }
  }
});
