/** Every page in the org that was chosen, in a browser. */
import { expect, test } from "@jest/globals";
import { eventually } from "./browser.ts";
import { call, createAcme, findChoice, hook, served, startForEachTest, watched } from "./two-orgs.ts";

startForEachTest();

/** Its keys, endpoints, deliveries and templates alone. */
async function expectSettingsOfAcme() {
  const { page } = watched;
  await page.getByRole("link", { name: "API & Webhooks" }).click();
  const rows = page.locator("li.row");
  await rows.getByText("write:webhooks").waitFor();
  expect(await rows.count()).toBe(1);
  await page.getByRole("link", { name: "Webhooks", exact: true }).click();
  await rows.getByText(hook.url).waitFor();
  await page.getByRole("link", { name: "Delivery log" }).click();
  await page.locator("a.line").nth(1).waitFor();
  expect(await page.locator("a.line").count()).toBe(2);
  await page.getByRole("link", { name: "Templates" }).click();
  await rows.getByText("acme_offer").waitFor();
  // Its own, and the one that every org begins with.
  expect(await rows.count()).toBe(2);
}

/** Its requests, and those that may be anybody's. */
async function expectRequestsOfAcme(key: string) {
  const { page } = watched;
  await page.getByRole("link", { name: "Requests" }).click();
  await page.locator(".request", { hasText: "/v1/webhooks" }).waitFor();
  expect(await page.getByRole("meter").getAttribute("aria-valuetext")).toBe("59 of 60");
  await call("onsync_pk_test_demo", "GET", "/me");
  await call(key, "GET", "/contacts");
  await call("onsync_pk_live_nobodysnobodys", "GET", "/conversations");
  await page.locator(".request", { hasText: "invalid_api_key" }).waitFor();
  expect(await page.locator(".request .path").allInnerTexts()).toEqual([
    "GET /v1/conversations",
    "GET /v1/contacts",
    "POST /v1/webhooks",
  ]);
}

test("every page follows the choice of org, and so does a reload, a link and the back button", async () => {
  const { page } = watched;
  const { id, key } = await createAcme();
  await page.goto(served.at("/inbox/whatsapp%3A%2B971500000000"));
  await page.getByRole("heading", { name: /Sara Hussein/ }).waitFor();
  await findChoice().focus();
  await findChoice().selectOption("Acme");
  const items = page.locator(".items a");
  const both = async () =>
    expect(await items.allInnerTexts()).toEqual([
      expect.stringContaining("Tarek"),
      expect.stringContaining("Sara at Acme"),
    ]);
  await eventually(both);
  // The list, not the same address in the other org; the choice keeps the focus.
  await page.getByText("No conversation is open").waitFor();
  expect(await findChoice().evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  expect(new URL(page.url()).search).toBe(`?org=${id}`);
  expect(await page.title()).toBe("Inbox · Acme · OnSync console");

  await page.reload();
  await items.filter({ hasText: "Sara at Acme" }).click();
  const messages = page.getByRole("list", { name: "Messages" });
  await messages.getByText("Hello Acme").waitFor();
  expect(await page.getByText("we met at the expo").count()).toBe(0);

  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByRole("searchbox").waitFor();
  await eventually(both);

  await expectSettingsOfAcme();
  await expectRequestsOfAcme(key);

  await page.getByRole("link", { name: "Connect" }).click();
  await page.getByText("What follows opens the org default.").waitFor();
  await page.getByText(id).waitFor();

  await findChoice().selectOption("default");
  await page.getByText("What follows opens").waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("");
  await page.goBack();
  await page.getByText("What follows opens the org default.").waitFor();
  expect(await findChoice().inputValue()).toBe(id);
});

test("what is done is done in the chosen org", async () => {
  const { page } = watched;
  const { id } = await createAcme();
  const { control, orgId } = served.reference;
  const inAcme = (path: string) => `${served.origin}/?org=${id}#${path}`;
  const messages = page.getByRole("list", { name: "Messages" });

  await page.goto(inAcme("/inbox"));
  await page.getByRole("button", { name: "Write as a customer" }).click();
  await page.getByLabel("Address").fill("+971 50 111 2233");
  await page.getByRole("dialog").getByLabel("Message").fill("A word to Acme");
  await page.getByRole("button", { name: "Send as the customer" }).click();
  await messages.getByText("A word to Acme").waitFor();
  await page.getByRole("radio", { name: "Customer" }).check({ force: true });
  await page.getByRole("textbox", { name: "Message" }).fill("And another");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await messages.getByText("And another").waitFor();
  await page.getByRole("radio", { name: "Agent" }).check({ force: true });
  await page.getByRole("textbox", { name: "Message" }).fill("Acme answers");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await messages.getByText("Acme answers").waitFor();
  await page.getByLabel("Assigned to").selectOption("Daniel Reyes");
  const item = page.locator(".items a", { hasText: "Acme answers" });
  await item.getByText("Daniel Reyes").waitFor();
  await page.getByRole("button", { name: "Resolve" }).click();
  await item.getByText("resolved").waitFor();
  await page.getByRole("radio", { name: "Template" }).check({ force: true });
  expect(await page.getByLabel("Template", { exact: true }).and(page.locator("select")).innerText()).toBe(
    "acme_offer (en)\norder_follow_up (en)",
  );

  await page.goto(inAcme("/settings/templates"));
  await page.getByRole("button", { name: "Register template" }).click();
  await page.getByLabel("Name").fill("made_here");
  await page.getByLabel("Body").fill("Made in Acme");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("li.row", { hasText: "made_here" }).waitFor();
  await page.getByRole("link", { name: "Keys" }).click();
  await page.getByRole("button", { name: "Generate key" }).click();
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const key = await page.getByRole("region", { name: "The new key" }).innerText();
  expect(await (await call(key, "GET", "/me")).json()).toMatchObject({ org: { id } });

  const names = async (of: string) => (await control.templates.list(of)).map(({ name }) => name);
  expect(await names(id)).toEqual(["acme_offer", "made_here", "order_follow_up"]);
  expect(await names(orgId)).not.toContain("made_here");
  const yusuf = (await (
    await call("onsync_pk_test_demo", "GET", "/conversations/whatsapp%3A%2B971501112233/messages")
  ).json()) as { data: { content: string }[] };
  expect(yusuf.data.map(({ content }) => content)).not.toContain("A word to Acme");
});
