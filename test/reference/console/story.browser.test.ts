/** What the console is for, in one sitting: a customer writes, an agent answers, and the webhooks tell of it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { startEverything } from "../../../cli/start/everything.ts";
import { verifySignature } from "../../../src/webhooks/index.ts";
import { type Browser, endpoint, expectCalm, launch, type Watched } from "./browser.ts";

let browser: Browser;
let started: Awaited<ReturnType<typeof startEverything>>;
let hook: Awaited<ReturnType<typeof endpoint>>;
let watched: Watched;
let origin: string;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  const io = { env: {}, stdin: (async function* () {})(), stdout: { write: () => {} }, stderr: { write: () => {} } };
  started = await startEverything({
    io,
    log: pino({ level: "silent" }),
    options: { port: 0, host: "127.0.0.1" },
    useReal: false,
    stopped: new AbortController().signal,
  });
  origin = started.site.origin;
  hook = await endpoint();
  watched = await browser.open();
});
afterEach(async () => {
  await watched.page.context().close();
  await hook.close();
  await started.close();
});

async function callTool(name: string, args: object) {
  const response = await fetch(`${origin}/mcp`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } }),
  });
  const { result } = (await response.json()) as { result: { isError?: true; structuredContent: { id: string } } };
  expect(result.isError).toBeUndefined();
  return result.structuredContent;
}

/** Each press of "Advance" has been answered when the clock's own time has moved. */
async function advance(by: string) {
  const { page } = watched;
  await page.getByRole("link", { name: "Clock & Faults" }).click();
  const answered = page.waitForResponse(
    (response) => response.url().endsWith("/_control/clock") && response.request().method() === "POST",
  );
  await page.getByRole("button", { name: `Advance ${by}` }).click();
  await answered;
}

describe("onsync start in a browser", () => {
  test("customer, agent's reply by MCP, signed webhook with its retries, pause, resume, redeliver", async () => {
    const { page } = watched;
    await page.goto(`${origin}/`);
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();

    // An endpoint that fails at first.
    hook.state.status = 500;
    hook.state.text = "not yet";
    await page.getByRole("link", { name: "API & Webhooks" }).click();
    await page.getByRole("link", { name: "Webhooks", exact: true }).click();
    await page.getByRole("button", { name: "Register endpoint" }).click();
    await page.getByLabel("URL").fill(hook.url);
    await page.getByRole("button", { name: "Register", exact: true }).click();
    const secret = await page.getByRole("region", { name: "The secret" }).innerText();
    expect(secret).toMatch(/^whsec_/);
    await page.getByRole("button", { name: "Done" }).click();
    const row = page.locator("li.row", { hasText: hook.url });
    await row.getByText("active").waitFor();

    // A customer writes.
    await page.getByRole("link", { name: "Inbox" }).click();
    await page.getByRole("link", { name: /Sara Hussein/ }).click();
    await page.getByRole("radio", { name: "Customer" }).check({ force: true });
    await page.getByRole("textbox", { name: "Message" }).fill("Where is my order 1187?");
    await page.getByRole("button", { name: "Send" }).click();
    const messages = page.getByRole("list", { name: "Messages" });
    await messages.getByText("Where is my order 1187?").waitFor();
    await page.getByText(/24-hour window open for (23 h 59 min|24 h)/).waitFor();

    // An agent answers with a tool; the page is not touched.
    const sent = await callTool("send_message", {
      platform: "whatsapp",
      to: "+971500000000",
      content: "It left this morning and arrives tomorrow.",
    });
    const reply = messages.getByRole("listitem").filter({ hasText: "It left this morning" });
    await reply.getByText("queued").waitFor();
    await reply.getByText(/^ref [0-9a-f-]{8}$/).waitFor();

    // The carrier reports; the status follows.
    await reply.locator("summary").click();
    await reply.getByText(sent.id).waitFor();
    await reply.getByRole("button", { name: "delivered" }).click();
    await reply.locator("summary").getByText("delivered").waitFor();

    // The delivery log: three attempts fail within four minutes, the fourth, within twelve and a half, is acknowledged.
    for (let minute = 1; minute <= 4; minute++) await advance("1 min");
    hook.state.status = 200;
    hook.state.text = "thanks";
    await advance("10 min");
    await page.getByRole("link", { name: "API & Webhooks" }).click();
    await page.getByRole("link", { name: "Delivery log" }).click();
    await page.getByLabel("Endpoint").selectOption({ label: hook.url });
    const first = page.locator("a.line", { hasText: hook.url }).last();
    await first.getByText("delivered").waitFor();
    await first.click();
    const attempts = page.locator(".attempts > li");
    await settles(() => attempts.count(), 4);
    expect(await attempts.nth(0).locator("summary").innerText()).toMatch(/Attempt 1\s+500/);
    expect(await attempts.nth(3).locator("summary").innerText()).toMatch(/Attempt 4\s+200/);
    expect(await page.getByRole("region", { name: "Response of attempt 4" }).innerText()).toContain("thanks");

    // What the log shows is what arrived, signed with the secret that was shown once.
    const shown = await page.getByRole("region", { name: "Request of attempt 4" }).innerText();
    const eventId = /X-OnSync-Delivery: (evt_\w+)/.exec(shown)?.[1] ?? "";
    const arrived = hook.received.filter(({ headers }) => headers["x-onsync-delivery"] === eventId);
    expect(arrived.map(({ headers }) => headers["x-onsync-attempt"])).toEqual(["1", "2", "3", "4"]);
    const body = shown.slice(shown.indexOf("\n\n") + 2);
    expect(arrived.map((each) => each.body)).toEqual([body, body, body, body]);
    const signature = await attempts.nth(3).locator(".signature code").innerText();
    expect(verifySignature(body, signature, secret)).toBe(true);

    // Redelivered: the same bytes, once more.
    await page.getByRole("button", { name: "Redeliver" }).click();
    await settles(() => attempts.count(), 5);
    const again = hook.received.filter(({ headers }) => headers["x-onsync-delivery"] === eventId);
    expect(again).toHaveLength(5);
    expect(again[4]?.body).toBe(body);

    // Paused: what happens waits; resumed: it is delivered.
    await page.getByRole("link", { name: "Webhooks", exact: true }).click();
    await row.getByRole("button", { name: "Pause" }).click();
    await row.getByText("paused", { exact: true }).waitFor();
    const before = hook.received.length;
    await callTool("send_message", { platform: "whatsapp", to: "+971500000000", content: "Anything else?" });
    await row.locator(".stats .warn").getByText("1").waitFor();
    expect(hook.received).toHaveLength(before);
    await row.getByRole("button", { name: "Resume" }).click();
    await row.getByText("active").waitFor();
    await settles(() => row.locator(".stats .warn").count(), 0);
    expect(hook.received.at(-1)?.body).toContain("Anything else?");

    expectCalm(watched, origin);
  });

  test("assign and resolve; a customer who writes again reopens it", async () => {
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

  test("outside the window an agent's text waits, a template goes", async () => {
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
});

/** Waits until it is so, and says what it was instead. */
async function settles<Value>(read: () => Promise<Value>, wanted: Value): Promise<void> {
  const deadline = Date.now() + 10_000;
  let found = await read();
  while (found !== wanted && Date.now() < deadline) {
    await watched.page.waitForTimeout(20);
    found = await read();
  }
  expect(found).toBe(wanted);
}
