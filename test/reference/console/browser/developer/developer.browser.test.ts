/** What a developer does all day, in a browser and mostly by keyboard: look at a request, try a call, try a webhook. */
import { expect, test } from "@jest/globals";
import type { Locator } from "playwright-core";
import { consoleOfEach, endpoint, eventually } from "../browser.ts";
import { expectSound } from "../looks.ts";

const the = consoleOfEach({ random: () => 0.5 });

function call(method: string, path: string, body?: object, key = the.served.reference.key) {
  return fetch(`${the.served.origin}/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "User-Agent": "zap/1" },
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function press(locator: Locator): Promise<void> {
  await locator.focus();
  await the.watched.page.keyboard.press("Enter");
}

async function readClipboard(): Promise<string> {
  const { page } = the.watched;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  return (await page.evaluate("navigator.clipboard.readText()")) as string;
}

test("a request is opened with what it carried, copied as curl, sent again, and held still while others come", async () => {
  const { page } = the.watched;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await call("POST", "/contacts", { email: "nadia@example.com", firstName: "Nadia" });
  await call("GET", "/me");
  await page.goto(the.served.at("/requests"));
  const row = page.locator(".request", { hasText: "/v1/contacts" });
  await press(row.first().locator("summary"));
  const sent = row.first().getByRole("region", { name: /^Body of the request of/ });
  await sent.getByText('"nadia@example.com"').waitFor();
  await row.first().getByText("authorization: Bearer onsync_pk_").waitFor();
  await row
    .first()
    .getByRole("region", { name: /^Body of the answer of/ })
    .getByText('"Nadia"')
    .waitFor();
  expect(await page.content()).not.toContain(the.served.reference.key);
  await expectSound(page);

  await press(row.first().getByRole("button", { name: "Copy as curl" }));
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await readClipboard()).toBe(
    [
      `curl --globoff -X 'POST' '${the.served.origin}/v1/contacts'`,
      '-H "Authorization: Bearer $ONSYNC_API_KEY"',
      "-H 'content-type: application/json'",
      `--data-raw '{"email":"nadia@example.com","firstName":"Nadia"}'`,
    ].join(" \\\n  "),
  );
  await press(row.first().getByRole("button", { name: "Send again" }));
  await page.getByText("Sent again: answered 200.").waitFor();
  await eventually(async () => expect(await row.count()).toBe(2));

  await page.getByRole("button", { name: "Pause" }).click();
  await call("GET", "/me?while-held");
  await page.getByRole("button", { name: "Go on: 1 more" }).waitFor();
  expect(await page.getByText("while-held").count()).toBe(0);
  await press(page.getByRole("button", { name: "Go on: 1 more" }));
  await page.getByText("while-held").first().waitFor();

  // Held still, it can be narrowed: it is that of the moment, and stands still again.
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByLabel("Which method").selectOption("POST");
  await page.locator(".request", { hasText: "while-held" }).waitFor({ state: "detached" });
  expect(await row.count()).toBe(2);
  await call("GET", "/me");
  await call("POST", "/contacts", { email: "nadia@example.com" });
  await page.getByRole("button", { name: "Go on: 1 more" }).waitFor();

  // Loaded again, the list is the same: it is the server's.
  await page.reload();
  await page.getByLabel("Which method").selectOption("POST");
  await page.getByText("3 of 6").waitFor();
  await page.getByLabel("Which path").selectOption("/v1/contacts");
  await page.getByLabel("Status", { exact: true }).fill("201");
  await page.getByText("1 of 6").waitFor();
});

test("a call of the API is tried with a key that only its beginning is known of, and stands in the log", async () => {
  const { page } = the.watched;
  await the.served.reference.control.createKey({ label: "Reader", scopes: ["read:contacts"] });
  await page.goto(the.served.at("/api"));
  await page.getByText(`${the.served.origin}/v1`, { exact: true }).waitFor();
  await press(page.locator("summary", { hasText: "/contacts/{id}" }).first());
  const get = page.getByRole("region", { name: "Try GET /contacts/{id}" });
  await press(get.getByRole("button", { name: "Send GET /contacts/{id}" }));
  await get.getByText("Give id: it is part of the path.").waitFor();

  await press(page.locator("summary", { hasText: "Send a message" }));
  const send = page.getByRole("region", { name: "Try POST /messaging/send" });
  await send.getByLabel("Key").selectOption("Reader (read:contacts)");
  await press(send.getByRole("button", { name: "Send POST /messaging/send" }));
  await send.getByText("403").first().waitFor();
  await send.getByLabel("Key").selectOption({ index: 1 });
  await press(send.getByRole("button", { name: "Send POST /messaging/send" }));
  await send.locator(".chip.good", { hasText: "201" }).waitFor();
  await send.getByRole("region", { name: "Answer to POST /messaging/send" }).getByText('"queued"').waitFor();
  await expectSound(page);

  await page.goto(the.served.at("/requests"));
  await page.locator(".request", { hasText: "/v1/messaging/send" }).nth(1).waitFor();
});

test("the control API is tried, and what is wrong is said beside the field", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/api/control"));
  await press(page.locator("summary", { hasText: "/_control/inbound" }));
  const inbound = page.getByRole("region", { name: "Try POST /_control/inbound" });
  await inbound.getByLabel("Body").fill("{");
  await press(inbound.getByRole("button", { name: "Send POST /_control/inbound" }));
  await inbound.getByText("Is no JSON").waitFor();
  await inbound.getByLabel("Body").fill('{"platform":"telegram","from":"77","name":"Nadia","content":"By hand"}');
  await press(inbound.getByRole("button", { name: "Send POST /_control/inbound" }));
  await inbound.locator(".chip", { hasText: "201" }).waitFor();
  await press(page.locator("summary", { hasText: "/_control/deliveriesThe latest" }));
  await page.getByRole("region", { name: "What GET /_control/deliveries takes" }).getByText("webhookId").waitFor();
  await expectSound(page);
  await page.goto(the.served.at("/inbox/telegram%3A77"));
  await page.getByRole("list", { name: "Messages" }).getByText("By hand").waitFor();
});

test("an endpoint is edited, tried with a test event, given a new secret, and what failed is replayed", async () => {
  const { page } = the.watched;
  await using hook = Object.assign(await endpoint(), { [Symbol.asyncDispose]: () => hook.close() });
  await call("POST", "/webhooks", { url: `${hook.url}/old`, events: ["contact.created"] });
  await page.goto(the.served.at("/settings/webhooks"));
  const row = page.locator("li.row", { hasText: hook.url });
  await press(row.getByRole("button", { name: "Edit" }));
  await page.getByLabel("URL").fill("nowhere");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Must be an https:// or http:// address").waitFor();
  await page.getByLabel("URL").fill(hook.url);
  await page.getByRole("checkbox", { name: "message.created" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await row.getByText("message.created").waitFor();

  await press(row.getByRole("button", { name: "Rotate secret" }));
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  const secret = await page.getByRole("region", { name: "The secret" }).innerText();
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();

  hook.state.status = 500;
  await press(row.getByRole("button", { name: "Send a test event" }));
  await page.getByLabel("Event", { exact: true }).selectOption("conversation.assigned");
  await page.getByRole("region", { name: "Sample of conversation.assigned" }).waitFor();
  await expectSound(page);
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await page.getByRole("heading", { name: "conversation.assigned" }).waitFor();
  for (const advanceMs of [40_000, 150_000, 600_000]) await the.served.reference.control.clock({ advanceMs });
  const table = page.getByRole("region", { name: "Attempts side by side" });
  await table.getByText("Attempt 4").waitFor();
  expect(await table.locator("tr.differs th").allInnerTexts()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^At/)]),
  );
  await page.getByText("failed", { exact: true }).waitFor();

  hook.state.status = 200;
  await page.goto(the.served.at("/settings/deliveries"));
  await page.getByLabel("Which outcome").selectOption("Failed");
  await page.locator("a.line").getByText("conversation.assigned").waitFor();
  await press(page.getByRole("button", { name: "Replay these" }));
  await page.getByRole("dialog", { name: "Replay 1 delivery?" }).getByRole("button", { name: "Replay" }).click();
  await page.getByText("None of them fits").waitFor();
  await the.served.reference.settled();
  expect(hook.received.map(({ headers }) => headers["x-onsync-attempt"])).toEqual(["1", "2", "3", "4", "1"]);
});

test("charts have their numbers in a table, too, and go on as things happen", async () => {
  const { page } = the.watched;
  await call("GET", "/me");
  await page.goto(the.served.at("/requests/charts"));
  const chart = page.locator(".chart", { has: page.getByRole("heading", { name: "Requests", exact: true }) });
  await chart.locator("rect.series-succeeded").waitFor();
  await press(chart.locator("summary"));
  const table = chart.getByRole("table", { name: "Requests" });
  expect(await table.locator("thead").innerText()).toMatch(/From\s+Succeeded\s+Refused: 4xx\s+Failed: 5xx/);
  await call("GET", "/contacts/contact_none");
  await chart.locator(".legend li", { hasText: "Refused" }).getByText("1").waitFor();
  await expectSound(page);
});

test("a key has a label, and a template has buttons that a phone shows", async () => {
  const { page } = the.watched;
  await page.goto(the.served.at("/settings/keys"));
  await press(page.getByRole("button", { name: "Generate key" }));
  await page.getByLabel("Label").fill("Staging <b>");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const key = await page.getByRole("region", { name: "The new key" }).innerText();
  await page.getByRole("button", { name: "Done" }).click();
  const row = page.locator("li.row", { hasText: "Staging <b>" });
  await row.getByText("not used yet").waitFor();
  await call("GET", "/me", undefined, key);
  await page.reload();
  await row.getByText("last used").waitFor();

  await page.goto(the.served.at("/settings/templates"));
  await page.getByRole("button", { name: "Register template" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("gift");
  await dialog.getByLabel("Kind of header").selectOption("Picture");
  await dialog.getByLabel("Body").fill("Hi {{1}}, a gift.");
  await press(dialog.getByRole("button", { name: "Add a button" }));
  await dialog.getByLabel("Button", { exact: true }).selectOption("Opens a link");
  await dialog.getByLabel("Its text").fill("Show it");
  await dialog.getByLabel("Link").fill("https://example.com/{{1}}");
  const phone = dialog.getByRole("figure", { name: "As on a phone" });
  await phone.getByText("Show it").waitFor();
  await phone.getByText("Picture").waitFor();
  await expectSound(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.locator("li.row", { hasText: "gift" }).getByRole("figure").getByText("Show it").waitFor();
  const saved = (await the.served.reference.control.templates.list()).find(({ name }) => name === "gift");
  expect(saved?.components).toEqual([
    { type: "HEADER", format: "IMAGE" },
    { type: "BODY", text: "Hi {{1}}, a gift." },
    { type: "BUTTONS", buttons: [{ type: "URL", text: "Show it", url: "https://example.com/{{1}}" }] },
  ]);
});
