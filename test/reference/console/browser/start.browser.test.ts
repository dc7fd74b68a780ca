/** The console that `onsync start` serves, in a browser. */
import { expect, test } from "@jest/globals";
import { expectCalm } from "./browser.ts";
import { origin, startForEachTest, watched } from "./onsync-start.ts";

startForEachTest();

test("a conversation is assigned and resolved, and a customer who writes again reopens it", async () => {
  const { page } = watched;
  await page.goto(`${origin}/#/inbox/whatsapp%3A%2B971500000000`);
  await page.getByLabel("Assigned to").selectOption({ label: "Daniel Reyes" });
  const item = page.locator(".items li", { hasText: "Sara Hussein" });
  await item.getByText("Daniel Reyes").waitFor();
  await page.getByRole("button", { name: "Resolve" }).click();
  await page.locator(".thread-head").getByText("resolved").waitFor();
  await page.getByRole("button", { name: "Resolve" }).waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Write as a customer" }).click();
  await page.getByLabel("Address").fill("+971 50 000 0000");
  await page.getByRole("dialog").getByLabel("Message").fill("One more thing");
  await page.getByRole("button", { name: "Send as the customer" }).click();
  await page.getByRole("list", { name: "Messages" }).getByText("One more thing").waitFor();
  await page.getByRole("button", { name: "Resolve" }).waitFor();
  expectCalm(watched, origin);
});

test("outside the window an agent's text cannot be sent, and a template can", async () => {
  const { page } = watched;
  await page.goto(`${origin}/#/inbox/whatsapp%3A%2B971501112233`);
  await page.getByText(/24-hour window closed since/).waitFor();
  await page.getByRole("radio", { name: "Agent" }).check({ force: true });
  await page.getByText("WhatsApp takes a template only").waitFor();
  expect(await page.getByRole("button", { name: "Send", exact: true }).isDisabled()).toBe(true);

  await page.getByRole("radio", { name: "Template" }).check({ force: true });
  await page.getByRole("combobox", { name: "Template" }).selectOption({ label: "appointment_reminder (en)" });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Give a value for {{2}}.").waitFor();
  await page.getByLabel("Value of {{2}}").fill("Monday");
  await page.getByLabel("Value of {{3}}").fill("9:30");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const messages = page.getByRole("list", { name: "Messages" });
  await messages.getByText("Hi Yusuf, we expect you on Monday at 9:30. Reply YES to confirm.").waitFor();
  await messages.getByText("Template appointment_reminder").waitFor();
  expectCalm(watched, origin);
});

test("the Connect page says what the terminal says, and the key it shows opens the API", async () => {
  const { page } = watched;
  await page.goto(`${origin}/#/connect`);
  for (const text of [`${origin}/v1`, `${origin}/mcp`, `${origin}/hooks`, `${origin}/_control`]) {
    await page.getByText(text, { exact: true }).waitFor();
  }
  const key = await page.locator(".facts > div", { hasText: "so it is no secret" }).locator("code").innerText();
  expect((await fetch(`${origin}/v1/me`, { headers: { Authorization: `Bearer ${key}` } })).status).toBe(200);
  await page.getByText(`claude mcp add --transport http onsync ${origin}/mcp`).waitFor();
  expectCalm(watched, origin);
});
