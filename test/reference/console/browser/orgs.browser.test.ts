/** The choice of org, in a browser: it appears, it is kept, and it keeps orgs apart. */
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { eventually, readConsole } from "./browser.ts";
import { expectSound, looks } from "./looks.ts";
import { createAcme, findChoice, reopen, served, startForEachTest, watched } from "./two-orgs.ts";

const pictures = process.env.ONSYNC_SCREENSHOTS;

type Shown = { conversation: { status: string } };

startForEachTest();

test("the choice of org is hidden while there is one, appears when another is made, and goes with it", async () => {
  const { page } = watched;
  await page.goto(served.at("/inbox"));
  await page.getByRole("link", { name: /Sara Hussein/ }).waitFor();
  expect(await findChoice().isVisible()).toBe(false);
  expect(await page.title()).toBe("Inbox · OnSync console");

  await served.reference.control.createOrg({ name: "Acme" });
  await findChoice().waitFor();
  expect(await findChoice().locator("option").allInnerTexts()).toEqual(["default", "Acme"]);
  expect(await findChoice().evaluate((select) => (select as unknown as { selectedIndex: number }).selectedIndex)).toBe(
    0,
  );
  // Orgs of the same name are told apart.
  const { id } = await served.reference.control.createOrg({ name: "Acme" });
  await findChoice()
    .locator("option", { hasText: `Acme (…${id.slice(-4)})` })
    .waitFor({ state: "attached" });

  await served.reference.control.reset();
  await findChoice().waitFor({ state: "hidden" });
});

test("what belongs to another org cannot be looked at by its address", async () => {
  const { page } = watched;
  const { id } = await createAcme();
  const first = async (path: string) => {
    return ((await readConsole(served, `${path}?orgId=${id}`)) as { data: { id: string }[] }).data[0]?.id;
  };
  for (const path of [
    `/contacts/${await first("contacts")}`,
    `/settings/deliveries/${await first("deliveries")}`,
    "/inbox/telegram%3A7",
  ]) {
    await page.goto("about:blank");
    await page.goto(served.at(path));
    await page.getByText("It cannot be shown").waitFor();
    expect([path, await page.locator("main").innerText()]).toEqual([path, expect.not.stringContaining("Tarek")]);
    await page.goto("about:blank");
    await page.goto(`${served.origin}/?org=${id}#${path}`);
    await page.locator("article.card, .thread-head").first().waitFor();
  }
});

test("an undo takes back what was done in the org it was done in", async () => {
  const { page } = watched;
  const { id } = await createAcme();
  const conversation = "whatsapp:+971500000000";
  const readStatus = async (orgId = "") =>
    (
      (await readConsole(
        served,
        `conversations/${encodeURIComponent(conversation)}${orgId && `?orgId=${orgId}`}`,
      )) as Shown
    ).conversation.status;
  await served.reference.control.resolve(conversation, { orgId: id });
  await page.goto(served.at(`/inbox/${encodeURIComponent(conversation)}`));
  await page.getByRole("button", { name: "Resolve" }).click();
  await page.locator(".toast").getByRole("button", { name: "Undo" }).waitFor();
  await findChoice().selectOption("Acme");
  await page.getByRole("link", { name: /Tarek/ }).waitFor();
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await eventually(async () => expect(await readStatus()).toBe("assigned"));
  expect(await readStatus(id)).toBe("resolved");
});

test("a dialog that was begun in one org is not finished in another", async () => {
  const { page } = watched;
  const { id } = await createAcme();
  await page.goto(served.at("/settings/keys"));
  await findChoice().selectOption("Acme");
  await page.getByText("write:webhooks").waitFor();
  await page.getByRole("button", { name: "Generate key" }).click();
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("");
  expect(await findChoice().inputValue()).not.toBe(id);
});

test("in place of an org that is gone the default one is shown, with a word about it", async () => {
  const { page } = watched;
  const { id } = await createAcme();
  await page.goto(`${served.origin}/?org=${id}#/inbox/telegram%3A7`);
  await page.getByRole("list", { name: "Messages" }).getByText("I am new here").waitFor();
  await served.reference.control.reset();
  await page.getByText("The org you looked at is gone. This is default.").waitFor();
  await page.getByRole("link", { name: /Sara Hussein/ }).waitFor();
  expect(page.url()).toBe(served.at("/inbox"));
  expect(await page.locator(".toast").allInnerTexts()).toEqual(["The org you looked at is gone. This is default."]);

  await page.goto(`${served.origin}/?org=org_none#/contacts`);
  await page.getByText("The org you looked at is gone. This is default.").waitFor();
  await page.getByRole("link", { name: /Marta Ruiz/ }).waitFor();
});

describe.each(Object.keys(looks))("in %s", (look) => {
  test("the choice, and the page that speaks of it", async () => {
    await reopen(looks[look]);
    const { page } = watched;
    const { id } = await createAcme();
    await served.reference.control.createOrg({ name: "A company whose name is longer than any list of names likes" });
    for (const [name, path, shows] of [
      ["org", "/inbox", "Tarek"],
      ["org-connect", "/connect", "What follows opens"],
    ] as const) {
      await page.goto(`${served.origin}/?org=${id}#${path}`);
      await page.locator("main").getByText(shows).first().waitFor();
      await page.locator("#live").filter({ hasText: "Live" }).waitFor({ state: "attached" });
      expect(await findChoice().isVisible()).toBe(true);
      await expectSound(page);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${look}.png`) });
    }
  });
});
