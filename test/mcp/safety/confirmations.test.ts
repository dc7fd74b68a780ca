/** Sends that are previewed first, and made by the token of the preview alone. */
import { expect, test } from "@jest/globals";
import { createConfirmations } from "../../../mcp/safety/confirmations.ts";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { connect } from "../session.ts";
import { ledgerAt, phone, text } from "./sending.ts";

const start = async (safety: SafetySettings = {}) => {
  const world = phone();
  const time = { now: Date.parse("2024-12-01T12:00:00.000Z") };
  const session = await connect({
    onsync: world.onsync,
    now: () => time.now,
    safety: { send: "confirm", ...safety },
  });
  const preview = async (args: Record<string, unknown> = text) => (await session.call("send_message", args)).data;
  return { ...world, time, session, preview, [Symbol.asyncDispose]: () => session.client.close() };
};

test("the first call sends nothing and previews, the second sends exactly that, once", async () => {
  await using world = await start();
  const first = await world.session.call("send_message", text);
  expect(first.isError).toBe(false);
  expect(first.text).toContain("Nothing is sent yet.");
  expect(first.data).toMatchObject({ sent: false, preview: text, expiresAt: "2024-12-01T12:10:00.000Z" });
  expect(world.sent).toEqual([]);
  const { confirmToken } = first.data;
  expect((await world.session.call("send_message", { ...text, confirmToken })).isError).toBe(false);
  expect(world.sent.map(({ input }) => input)).toEqual([{ ...text, messageType: "text" }]);
  const again = await world.session.call("send_message", { ...text, confirmToken });
  expect(again.error?.code).toBe("confirmation_used");
  expect(world.sent).toHaveLength(1);
});

test.each([
  ["another text", { ...text, content: "Hi!" }],
  ["another recipient", { ...text, to: "+971500000001" }],
  ["another platform", { ...text, platform: "telegram" }],
  ["more metadata", { ...text, metadata: { a: 1 } }],
])("a token does not send %s", async (_what, args) => {
  await using world = await start();
  const { confirmToken } = await world.preview();
  const refused = await world.session.call("send_message", { ...args, confirmToken });
  expect(refused.error?.code).toBe("confirmation_unknown");
  expect(world.sent).toEqual([]);
});

test("a token that was made up, cut or added to sends nothing", async () => {
  await using world = await start();
  const { confirmToken } = await world.preview();
  for (const token of [
    " ",
    "x",
    "a.b.c",
    confirmToken.slice(0, -1),
    `${confirmToken}.x`,
    confirmToken.replace(".", ".."),
  ]) {
    const refused = await world.session.call("send_message", { ...text, confirmToken: token });
    expect([token, refused.error?.code]).toEqual([token, "confirmation_unknown"]);
  }
  expect(world.sent).toEqual([]);
});

test.each(["", null])(
  "a token that hosts fill in as %j is none: there is a preview again, and nothing is sent",
  async (token) => {
    await using world = await start();
    const answer = await world.session.call("send_message", { ...text, confirmToken: token });
    expect([answer.data.sent, typeof answer.data.confirmToken]).toEqual([false, "string"]);
    expect(world.sent).toEqual([]);
  },
);

test("a token expires after ten minutes, to the millisecond", async () => {
  await using world = await start();
  const { confirmToken } = await world.preview();
  world.time.now += 10 * 60_000;
  const late = await world.session.call("send_message", { ...text, confirmToken });
  expect(late.error?.code).toBe("confirmation_expired");
  world.time.now -= 1;
  expect((await world.session.call("send_message", { ...text, confirmToken })).isError).toBe(false);
});

test("a token that is given back ten times at once sends once", async () => {
  await using world = await start();
  const { confirmToken } = await world.preview();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => world.session.call("send_message", { ...text, confirmToken })),
  );
  expect(answers.filter(({ isError }) => !isError)).toHaveLength(1);
  expect(world.sent).toHaveLength(1);
});

test("no preview is made of a send that is forbidden or cannot be made", async () => {
  await using world = await start({ allowRecipients: ["telegram:*"] });
  expect((await world.session.call("send_message", text)).error?.code).toBe("recipient_not_allowed");
  const wrong = await world.session.call("send_message", { ...text, platform: "sms" });
  expect(wrong.error?.code).toBe("validation_failed");
});

test("replicas with the same secret take each other's tokens, and the send is repeatable by its reference", async () => {
  await using one = await start({ secret: "shared" });
  await using two = await start({ secret: "shared" });
  await using stranger = await start({ secret: "another" });
  const { confirmToken } = await one.preview();
  expect((await stranger.session.call("send_message", { ...text, confirmToken })).error?.code).toBe(
    "confirmation_unknown",
  );
  await one.session.call("send_message", { ...text, confirmToken });
  await two.session.call("send_message", { ...text, confirmToken });
  const references = [...one.sent, ...two.sent].map(({ options }) => options?.clientReference);
  expect(references[0]).toMatch(/^confirmed-/);
  // The client finds the first send by it and does not send again.
  expect(references[1]).toBe(references[0]);
});

test("a message with a reference of its own keeps it among replicas: two references would be refused", async () => {
  await using world = await start({ secret: "shared" });
  const named = { ...text, metadata: { clientReference: "order-1187" } };
  const { confirmToken } = await world.preview(named);
  expect((await world.session.call("send_message", { ...named, confirmToken })).isError).toBe(false);
  expect(world.sent).toMatchObject([{ input: { metadata: { clientReference: "order-1187" } } }]);
  expect(world.sent[0]?.options?.clientReference).toBeUndefined();
});

test("a token is used once among all that share a ledger, restarts included", async () => {
  let now = 0;
  const ledger = ledgerAt(() => now);
  const start = () => createConfirmations(() => now, ledger, "secret");
  const redeem = async (token: string) => {
    const checked = await start().check(token, "a");
    return checked.ok ? { ok: await start().spend(checked.nonce) } : checked;
  };
  const { token } = start().issue("a");
  const both = await Promise.all([redeem(token), redeem(token)]);
  expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
  expect(await redeem(token)).toEqual({ ok: false, why: "used" });
  now = 700_000;
  const next = start().issue("a");
  expect((await redeem(next.token)).ok).toBe(true);
  expect(await redeem(token)).toEqual({ ok: false, why: "expired" });
});
