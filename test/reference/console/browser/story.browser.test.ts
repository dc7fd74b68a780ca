/** What the console is for, in one sitting: a customer writes, an agent answers, and the webhooks tell of it. */
import { expect, test } from "@jest/globals";
import { verifySignature } from "../../../../src/webhooks/index.ts";
import { expectCalm } from "./browser.ts";
import { callTool, hook, origin, startForEachTest, watched } from "./onsync-start.ts";

startForEachTest();

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

/** Waits until it is so, and says what it was instead. */
async function waitUntil<Value>(read: () => Promise<Value>, wanted: Value): Promise<void> {
  const deadline = Date.now() + 10_000;
  let found = await read();
  while (found !== wanted && Date.now() < deadline) {
    await watched.page.waitForTimeout(20);
    found = await read();
  }
  expect(found).toBe(wanted);
}

function endpointRow() {
  return watched.page.locator("li.row", { hasText: hook.url });
}

function messages() {
  return watched.page.getByRole("list", { name: "Messages" });
}

function attempts() {
  return watched.page.locator(".attempts > li");
}

/** An endpoint that fails at first. @returns its secret, which is shown once */
async function registerEndpoint() {
  const { page } = watched;
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
  await endpointRow().getByText("active").waitFor();
  return secret;
}

async function writeAsCustomer() {
  const { page } = watched;
  await page.getByRole("link", { name: "Inbox" }).click();
  await page.getByRole("link", { name: /Sara Hussein/ }).click();
  await page.getByRole("radio", { name: "Customer" }).check({ force: true });
  await page.getByRole("textbox", { name: "Message" }).fill("Where is my order 1187?");
  await page.getByRole("button", { name: "Send" }).click();
  await messages().getByText("Where is my order 1187?").waitFor();
  await page.getByText(/24-hour window open for (23 h 59 min|24 h)/).waitFor();
}

/** With a tool: the page is not touched. */
async function answerAsAgent() {
  const sent = await callTool("send_message", {
    platform: "whatsapp",
    to: "+971500000000",
    content: "It left this morning and arrives tomorrow.",
  });
  const reply = messages().getByRole("listitem").filter({ hasText: "It left this morning" });
  await reply.getByText("queued").waitFor();
  await reply.getByText(/^ref [0-9a-f-]{8}$/).waitFor();
  return { id: sent.id, reply };
}

async function reportDelivered({ id, reply }: Awaited<ReturnType<typeof answerAsAgent>>) {
  await reply.locator("summary").click();
  await reply.getByText(id).waitFor();
  await reply.getByRole("button", { name: "delivered" }).click();
  await reply.locator("summary").getByText("delivered").waitFor();
}

/** Three attempts fail within four minutes, the fourth, within twelve and a half, is acknowledged. */
async function openDeliveryAfterFourAttempts() {
  const { page } = watched;
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
  await waitUntil(() => attempts().count(), 4);
  expect(await attempts().nth(0).locator("summary").innerText()).toMatch(/Attempt 1\s+500/);
  expect(await attempts().nth(3).locator("summary").innerText()).toMatch(/Attempt 4\s+200/);
  expect(await page.getByRole("region", { name: "Response of attempt 4" }).innerText()).toContain("thanks");
}

/** What the log shows is what arrived, signed with the secret that was shown once. @returns the event's id and its body */
async function compareWithWhatArrived(secret: string) {
  const { page } = watched;
  const shown = await page.getByRole("region", { name: "Request of attempt 4" }).innerText();
  const eventId = /X-OnSync-Delivery: (evt_\w+)/.exec(shown)?.[1] ?? "";
  const arrived = hook.received.filter(({ headers }) => headers["x-onsync-delivery"] === eventId);
  expect(arrived.map(({ headers }) => headers["x-onsync-attempt"])).toEqual(["1", "2", "3", "4"]);
  const body = shown.slice(shown.indexOf("\n\n") + 2);
  expect(arrived.map((each) => each.body)).toEqual([body, body, body, body]);
  const signature = await attempts().nth(3).locator(".signature code").innerText();
  expect(verifySignature(body, signature, secret)).toBe(true);
  return { eventId, body };
}

/** The same bytes, once more. */
async function redeliver({ eventId, body }: Awaited<ReturnType<typeof compareWithWhatArrived>>) {
  const { page } = watched;
  await page.getByRole("button", { name: "Redeliver" }).click();
  await waitUntil(() => attempts().count(), 5);
  const again = hook.received.filter(({ headers }) => headers["x-onsync-delivery"] === eventId);
  expect(again).toHaveLength(5);
  expect(again[4]?.body).toBe(body);
}

/** What happens while the endpoint is paused waits, and is delivered when it is resumed. */
async function pauseAndResume() {
  const { page } = watched;
  const row = endpointRow();
  await page.getByRole("link", { name: "Webhooks", exact: true }).click();
  await row.getByRole("button", { name: "Pause" }).click();
  await row.getByText("paused", { exact: true }).waitFor();
  const before = hook.received.length;
  await callTool("send_message", { platform: "whatsapp", to: "+971500000000", content: "Anything else?" });
  await row.locator(".stats .warn").getByText("1").waitFor();
  expect(hook.received).toHaveLength(before);
  await row.getByRole("button", { name: "Resume" }).click();
  await row.getByText("active").waitFor();
  await waitUntil(() => row.locator(".stats .warn").count(), 0);
  expect(hook.received.at(-1)?.body).toContain("Anything else?");
}

test("a customer writes, an agent answers, and a signed webhook tells of it, with its retries, redelivered and paused", async () => {
  const { page } = watched;
  await page.goto(`${origin}/`);
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor();

  const secret = await registerEndpoint();
  await writeAsCustomer();
  await reportDelivered(await answerAsAgent());
  await openDeliveryAfterFourAttempts();
  await redeliver(await compareWithWhatArrived(secret));
  await pauseAndResume();
  expectCalm(watched, origin);
});
