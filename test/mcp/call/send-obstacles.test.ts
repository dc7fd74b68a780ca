/** The check before a send: each reason by its code, as the send itself would be refused. */
import { expect, test } from "@jest/globals";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { connect } from "../session.ts";

const conversationId = "whatsapp:+971500000000";

async function start(safety: SafetySettings = {}) {
  const pair = await onsyncPair();
  await pair.reference.control.clock({ freeze: true });
  await pair.reference.control.templates.save({ name: "parcel", components: [{ type: "BODY", text: "Hi {{1}}" }] });
  const now = () => Date.parse("2026-01-01T00:00:00Z");
  const session = await connect({ onsync: pair.onsync, safety, now });
  return {
    ...pair,
    call: session.call,
    check: async (args: object = {}) => {
      const { data } = await session.call("check_messaging_window", { conversationId, ...args });
      return {
        codes: data.reasons.map(({ code }: { code: string }) => code),
        text: data.canSendText as boolean,
        template: data.canSendTemplate as boolean,
      };
    },
    hear: (content: string) => pair.reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content }),
    async [Symbol.asyncDispose]() {
      await session.client.close();
      await pair.reference.close();
    },
  };
}

test("within the window nothing speaks against a text or a template", async () => {
  await using world = await start();
  await world.hear("Hello");
  expect(await world.check()).toEqual({ codes: [], text: true, template: true });
});

test("platform and to ask for the same as the conversation's id", async () => {
  await using world = await start();
  await world.hear("Hello");
  const check = { conversationId: null, platform: "whatsapp", to: "+971 50 000 0000" };
  expect(await world.check(check)).toEqual({ codes: [], text: true, template: true });
});

test("after 24 hours only a template may go out", async () => {
  await using world = await start();
  await world.hear("Hello");
  await world.reference.control.clock({ advanceMs: 25 * 3_600_000 });
  expect(await world.check()).toEqual({ codes: ["window_closed"], text: false, template: true });
});

test("to a customer who wrote STOP nothing may go out", async () => {
  await using world = await start();
  await world.hear("STOP");
  expect(await world.check()).toEqual({ codes: ["opted_out"], text: false, template: false });
});

test("a tag speaks against a send to a number that has not written yet", async () => {
  await using world = await start();
  await world.onsync.contacts.save({ phone: "+971500000000", tags: ["unsubscribed"] });
  expect((await world.check()).codes).toEqual(["window_closed", "opted_out", "no_conversation"]);
});

test("a recipient whom the operator does not allow is told, and the send is refused by the same code", async () => {
  await using world = await start({ allowRecipients: ["telegram:*"] });
  await world.hear("Hello");
  expect(await world.check()).toEqual({ codes: ["recipient_not_allowed"], text: false, template: false });
  const refused = await world.call("send_message", { conversationId, content: "Hi" });
  expect(refused.error?.code).toBe("recipient_not_allowed");
});

test("a cap that is reached is told, and the check takes no place under it", async () => {
  await using world = await start({ caps: { perDay: 1 } });
  await world.hear("Hello");
  for (let time = 0; time < 3; time++) expect((await world.check()).codes).toEqual([]);
  expect((await world.call("send_message", { conversationId, content: "Hi" })).isError).toBe(false);
  expect(await world.check()).toEqual({ codes: ["cap_reached"], text: false, template: false });
});

test("a template that is not there speaks against that template alone", async () => {
  await using world = await start();
  await world.hear("Hello");
  expect(await world.check({ template: "parcels" })).toEqual({
    codes: ["template_mismatch"],
    text: true,
    template: false,
  });
  expect((await world.check({ template: "parcel", language: "en" })).codes).toEqual([]);
  expect((await world.check({ template: "parcel", language: "ar" })).codes).toEqual(["template_mismatch"]);
});

test("where sending is switched off, the check says so", async () => {
  await using world = await start({ send: "off" });
  await world.hear("Hello");
  expect(await world.check()).toEqual({ codes: ["sending_off"], text: false, template: false });
});
