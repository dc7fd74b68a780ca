/** Faults one by one, requests that are looked for, and starting over, in a browser. */
import { describe, expect, test } from "@jest/globals";
import { consoleOfEach, eventually } from "./browser.ts";
import { expectSound } from "./looks.ts";

const the = consoleOfEach();

function get(path: string, key = the.served.reference.key) {
  const headers = { Authorization: `Bearer ${key}`, "User-Agent": "zap/1" };
  return fetch(`${the.served.origin}/v1${path}`, { headers });
}

describe("faults", () => {
  test("each fault is removed by itself, and a spent one looks spent", async () => {
    const { page } = the.watched;
    const { control } = the.served.reference;
    await control.faults.add({ path: "/v1/me", status: 418, body: { teapot: true }, times: 1 });
    await control.faults.add({ path: "/v1/contacts", status: 503 });
    await page.goto(the.served.at("/clock"));
    const first = page.locator(".fault", { hasText: "/v1/me, once: answers 418" });
    const other = page.locator(".fault", { hasText: "/v1/contacts: answers 503" });
    await other.waitFor();
    expect(await page.getByText("spent", { exact: true }).count()).toBe(0);
    await first.getByText("Its answer").click();
    expect(await first.getByRole("region").innerText()).toBe('418\n\n{\n  "teapot": true\n}');

    await get("/me");
    await first.getByText("spent", { exact: true }).waitFor();
    expect(
      await first
        .locator(".what")
        .evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).textDecorationLine),
    ).toBe("line-through");
    // What was opened stays so.
    expect(await first.getByRole("region").isVisible()).toBe(true);
    expect(await other.getByText("spent").count()).toBe(0);
    await expectSound(page);

    await other.getByRole("button", { name: "Remove", description: "Any method /v1/contacts: answers 503" }).click();
    await other.waitFor({ state: "detached" });
    expect(await first.count()).toBe(1);
    expect((await get("/contacts")).status).toBe(200);
    await first.getByRole("button", { name: "Remove" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("The API answers as it should.").waitFor();
    expect(await control.faults.list()).toEqual([]);
  });

  test("a fault of your own has a body, and what is wrong is said beside its field", async () => {
    const { page } = the.watched;
    await page.goto(the.served.at("/clock"));
    await page.getByText("A fault of your own").click();
    await page.getByLabel("Body").fill("<h1>Gone</h1>");
    await page.getByLabel("Status").fill("42");
    await page.getByRole("button", { name: "Add the fault" }).click();
    await page
      .locator(".field", { has: page.getByLabel("Status") })
      .getByText("Must be at least 200")
      .waitFor();
    expect(await page.getByLabel("Status").getAttribute("aria-invalid")).toBe("true");
    await page.getByLabel("Status").fill("410");
    await page.getByRole("button", { name: "Add the fault" }).click();
    await page.getByText("Any method any path: answers 410 with a body").waitFor();
    const answer = await get("/me");
    expect([answer.status, await answer.text()]).toEqual([410, "<h1>Gone</h1>"]);
  });
});

test("requests are found by words and by how they went; a row tells what is known of it", async () => {
  const { page } = the.watched;
  await the.served.reference.control.faults.add({ path: "/v1/webhooks", status: 503, times: 1 });
  await get("/me");
  await get("/contacts?query=sara");
  await get("/contacts/contact_none");
  await get("/webhooks");
  const refused = await get("/me", "onsync_pk_live_nobodysnobodys");
  const { requestId } = (await refused.json()) as { requestId: string };
  await page.goto(the.served.at("/requests"));
  const rows = page.locator(".request");
  await rows.nth(4).waitFor();
  const filter = page.getByRole("searchbox", { name: "Filter requests" });
  const outcome = page.getByLabel("Which answers");

  await filter.fill("CONTACTS sara");
  await page.getByText("1 of 5").waitFor();
  expect(await rows.allInnerTexts()).toEqual([expect.stringContaining("/v1/contacts?query=sara")]);
  await filter.fill("nobo");
  await eventually(async () => expect(await rows.allInnerTexts()).toEqual([expect.stringContaining(requestId)]));
  await filter.fill("");
  await outcome.selectOption("Errors");
  await page.getByText("3 of 5").waitFor();
  await outcome.selectOption("Met a fault");
  await page.getByText("1 of 5").waitFor();
  await rows.locator("summary").click();
  await rows.getByText("answered 503").last().waitFor();

  // A request that comes meanwhile is filtered, too.
  await outcome.selectOption("Succeeded");
  await page.getByText("2 of 5").waitFor();
  await get("/contacts/contact_other");
  await page.getByText("2 of 6").waitFor();
  await outcome.selectOption("Errors");
  await filter.fill("no such thing");
  await page.getByText("None of them fits").waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await rows.nth(5).waitFor();
  expect(await filter.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);

  const unknown = rows.filter({ hasText: requestId });
  await unknown.locator("summary").click();
  await unknown.locator(".facts").getByText("The key is unknown.").waitFor();
  await unknown.getByText("no org has this key").waitFor();
  await expectSound(page);
});

describe("starting over", () => {
  test("says what is lost, is no hasty Enter away, and shows the fresh state", async () => {
    const { page } = the.watched;
    const { control } = the.served.reference;
    await control.clock({ freeze: true, now: "2030-01-01T00:00:00.000Z" });
    await control.faults.add({ status: 503 });
    const { key } = await control.createKey();
    await control.inbound({ platform: "telegram", from: "77", name: "Passer-by", content: "Anybody there?" });
    await page.goto(the.served.at("/clock"));
    await page.getByText("Any method any path: answers 503").waitFor();
    await page.getByRole("button", { name: "Start over…" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Start over?" });
    await dialog
      .getByText(/This is lost.* contacts, conversations and messages.* keys and orgs that were made/)
      .waitFor();
    await expectSound(page);
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    expect(await control.faults.list()).toHaveLength(1);

    const inbox = await page.context().newPage();
    await inbox.goto(the.served.at("/inbox/telegram%3A77"));
    await inbox.getByRole("heading", { name: "Passer-by" }).waitFor();
    const gate = Promise.withResolvers<void>();
    await inbox.route(/_console\/overview/, (route) => gate.promise.then(() => route.continue()));
    await page.bringToFront();
    await page.getByRole("button", { name: "Start over…" }).click();
    await dialog.getByRole("button", { name: "Start over" }).click();
    await page.getByText("Everything is as it was at the start.").waitFor();
    await page.getByText("The API answers as it should.").waitFor();
    await page.getByText("running", { exact: true }).waitFor();
    expect((await get("/me", key)).status).toBe(401);
    expect((await get("/me")).status).toBe(200);
    // Another tab, too: what is gone is gone, and the story is told again.
    await inbox.bringToFront();
    await inbox.getByText("It cannot be shown").waitFor();
    // Whatever answers later shows nothing that is gone.
    const overview = inbox.waitForResponse(/_console\/overview/);
    gate.resolve();
    await (await overview).finished();
    await inbox.evaluate(`fetch("/").then((answer) => answer.text())`);
    expect(await inbox.getByText("It cannot be shown").count()).toBe(1);
    await eventually(async () =>
      expect(await inbox.locator(".items a").allInnerTexts()).toEqual([
        expect.stringContaining("Sara Hussein"),
        expect.stringContaining("Ivan Petrov"),
        expect.stringContaining("Noor"),
        expect.stringContaining("Yusuf Rahman"),
        expect.stringContaining("Marta Ruiz"),
      ]),
    );
  });

  test("whom a conversation can be assigned to is known anew", async () => {
    const { page } = the.watched;
    await page.goto(the.served.at("/inbox/whatsapp%3A%2B971500000000"));
    const assignee = page.getByLabel("Assigned to");
    await assignee.waitFor();
    const before = await assignee.locator("option").evaluateAll((all) => all.map((each) => each.getAttribute("value")));
    await the.served.reference.control.reset();
    await assignee.locator(`option[value="${before[0]}"]`).waitFor({ state: "detached" });
    await assignee.selectOption("Layla Haddad");
    await page.locator(".items a", { hasText: "Sara Hussein" }).getByText("Layla Haddad").waitFor();
    const { data } = (await (await get("/conversations?platform=whatsapp&limit=1")).json()) as {
      data: { assignee: { email: string } }[];
    };
    expect(data[0]?.assignee.email).toBe("layla@example.com");
  });
});

test("the log of an endpoint that is no longer there says whose it is", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/settings/deliveries/of/wh_gone"));
  await page.getByText("Nothing was delivered yet").waitFor();
  expect(await page.getByLabel("Endpoint").locator("option:checked").innerText()).toBe("wh_gone (removed)");
});

describe("behaviour", () => {
  test("is set by a form, shown where it is not as documented, and taken back; what is wrong is said", async () => {
    const { page } = the.watched;
    const { control } = the.served.reference;
    await page.goto(the.served.at("/clock"));
    const panel = page.getByRole("region", { name: "Behaviour" });
    await panel.getByText("As documented.").waitFor();
    await panel.getByText("Make the API behave otherwise").click();
    await panel.getByLabel("Conversation ids").selectOption("Ids that say nothing");
    await panel.getByLabel("Longest page").fill("101");
    await panel.getByRole("button", { name: "Set the behaviour" }).click();
    await panel
      .locator(".field", { has: page.getByLabel("Longest page") })
      .getByText("Must be at most 100")
      .waitFor();
    await panel.getByLabel("Longest page").fill("2");
    await panel.getByLabel("History carries metadata").uncheck();
    await panel.getByRole("button", { name: "Set the behaviour" }).click();
    await panel.getByText("conversationIds: opaque", { exact: true }).waitFor();
    await panel.getByText("historyMetadata: false", { exact: true }).waitFor();
    expect(await control.behaviour()).toMatchObject({
      conversationIds: "opaque",
      maxPage: 2,
      historyMetadata: false,
      times: "utc",
    });
    await expectSound(page);
    const { data } = (await (await get("/conversations?limit=100")).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual([expect.stringMatching(/^conv_/), expect.stringMatching(/^conv_/)]);

    // The inbox goes on showing every conversation, by whatever id.
    await page.goto(the.served.at("/"));
    await page.getByText("Can you confirm my order?", { exact: false }).first().waitFor();
    await page.goto(the.served.at("/clock"));
    await panel.getByRole("button", { name: "As documented" }).click();
    await panel.getByText("As documented.", { exact: true }).waitFor();
    expect(await control.behaviour()).toMatchObject({ conversationIds: "documented", maxPage: 100 });
  });

  test("behaviour that another sets shows at once, and a fault may do the work before it answers", async () => {
    const { page } = the.watched;
    const { control } = the.served.reference;
    await page.goto(the.served.at("/clock"));
    await page.getByText("As documented.", { exact: true }).waitFor();
    await control.behaviour({ historyLagMs: 250 });
    await page.getByText("historyLagMs: 250", { exact: true }).waitFor();
    await control.reset();
    await page.getByText("As documented.", { exact: true }).waitFor();

    await page.getByText("A fault of your own").click();
    await page.getByLabel("Status", { exact: true }).fill("303");
    await page.getByLabel("The work", { exact: true }).selectOption("Is done first");
    await page.getByRole("button", { name: "Add the fault" }).click();
    await page.getByText("Any method any path: answers 303, after the work").waitFor();
    expect(await control.faults.list()).toMatchObject([{ status: 303, after: true }]);
  });
});
