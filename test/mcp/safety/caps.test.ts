/** How many sends an operator allows a minute and a day. */
import { expect, test } from "@jest/globals";
import { createSendCaps } from "../../../mcp/safety/caps.ts";
import { ConnectionError, UnknownOutcomeError } from "../../../src/client/errors/index.ts";
import { connect } from "../session.ts";
import { ledgerAt, phone, text } from "./sending.ts";

test("sends are counted in a rolling minute and a rolling day", async () => {
  let now = 0;
  const admit = createSendCaps(
    { perMinute: 2, perDay: 3 },
    ledgerAt(() => now),
    "sends",
  );
  expect((await admit()).admitted).toBe(true);
  now = 20_000;
  expect((await admit()).admitted).toBe(true);
  expect(await admit()).toEqual({ admitted: false, cap: "perMinute", limit: 2, waitMs: 40_000 });
  now = 60_000;
  expect((await admit()).admitted).toBe(true);
  now = 200_000;
  expect(await admit()).toEqual({ admitted: false, cap: "perDay", limit: 3, waitMs: 86_400_000 - 200_000 });
  now = 86_400_000;
  expect((await admit()).admitted).toBe(true);
});

test("servers that share a ledger count together, and one that starts anew goes on counting", async () => {
  const ledger = ledgerAt(() => 0);
  const world = phone();
  const start = () => connect({ onsync: world.onsync, now: () => 0, ledger, safety: { caps: { perDay: 2 } } });
  await using one = await start();
  await using two = await start();
  expect((await one.call("send_message", { ...text, content: "1" })).isError).toBe(false);
  expect((await two.call("send_message", { ...text, content: "2" })).isError).toBe(false);
  await using restarted = await start();
  for (const session of [one, two, restarted])
    expect((await session.call("send_message", { ...text, content: "3" })).error?.code).toBe("cap_reached");
  expect(world.sent).toHaveLength(2);
});

test.each([
  ["caps", { caps: { perDay: 2 } }],
  ["confirmations", { send: "confirm" as const }],
])("a server that cannot ask its ledger for %s sends nothing, and says so", async (_what, safety) => {
  const down = () => Promise.reject(new Error("the disk is full"));
  const ledger = { ...ledgerAt(() => 0), admit: down, setNote: down };
  const { onsync, sent } = phone();
  await using session = await connect({ onsync, ledger, safety });
  const preview = await session.call("send_message", text);
  const { confirmToken } = (preview.data ?? {}) as { confirmToken?: string };
  const refused = confirmToken === undefined ? preview : await session.call("send_message", { ...text, confirmToken });
  expect(refused.error?.code).toBe("ledger_unavailable");
  expect(refused.text).toContain("Nothing was sent. The send ledger cannot be asked: the disk is full.");
  expect(sent).toHaveLength(0);
});

test("a send that certainly was not made does not count, one that may have been does", async () => {
  const { onsync, fail, sent } = phone();
  const notSent = new ConnectionError("refused", { sent: false });
  notSent.outcome = "not_sent";
  const unknown = new UnknownOutcomeError("?", { clientReference: "r", conversationId: "whatsapp:+971500000000" });
  fail.push(notSent, unknown);
  await using session = await connect({ onsync, now: () => 0, safety: { caps: { perMinute: 1 } } });
  expect((await session.call("send_message", { ...text, content: "1" })).error?.code).toBe("connection");
  expect((await session.call("send_message", { ...text, content: "2" })).error?.code).toBe("unknown_outcome");
  const capped = await session.call("send_message", { ...text, content: "3" });
  expect(capped.error).toMatchObject({ code: "cap_reached", retry: "safe", retryAfterMs: 60_000 });
  expect(capped.text).toContain("the same call in 60 seconds");
  expect(sent).toHaveLength(0);
});
