/** Sends under a reference whose first send has an open outcome. */
import { describe, expect, test } from "@jest/globals";
import type { MessageInput } from "../../../src/client/index.ts";
import { json, networkError, refused, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";
import { empty, history, message, post } from "../../../testing/scripted-send.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } satisfies MessageInput;
const sent = json(201, message("msg_sent", "order-17"));

describe("a reference whose first send has an open outcome", () => {
  const options = { clientReference: "order-17" };
  const lost = networkError("ECONNRESET");
  const settling = [empty, empty, empty, empty, empty];
  const other = history(message("msg_0", "order-16"));

  test("gives a replay the same unknown outcome, and sends nothing, until the grace is over", async () => {
    const { onsync, clock, lines } = scriptedOnSync([other, lost, ...settling, other, other, other, sent]);
    await rejection(onsync.messages.send(text, options));
    await clock.sleep(1_000);
    const again = { name: "UnknownOutcomeError", outcome: "unknown", message: expect.stringContaining("is open") };
    expect(await rejection(onsync.messages.send(text, options))).toMatchObject(again);
    await clock.sleep(4.5 * 60_000);
    expect(await rejection(onsync.messages.send(text, options))).toMatchObject(again);
    await clock.sleep(90_000);
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_sent" });
    expect(lines().filter((line) => line === post)).toHaveLength(2);
  });

  test("gives two sends at once the same unknown outcome, with one request", async () => {
    const { onsync, lines } = scriptedOnSync([other, lost, ...settling, other]);
    const both = [1, 2].map(() => rejection(onsync.messages.send(text, options)));
    expect(await Promise.all(both)).toMatchObject([{ outcome: "unknown" }, { outcome: "unknown" }]);
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test("answers a replay with the message once the history shows it", async () => {
    const late = history(message("msg_late", "order-17"));
    const { onsync, lines } = scriptedOnSync([other, lost, ...settling, late]);
    await rejection(onsync.messages.send(text, options));
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_late", alreadySent: true });
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_late", alreadySent: true });
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test.each<[string, Step]>([
    ["a conversation id that OnSync never confirmed", refused(404, "not_found")],
    ["an empty history under such an id", empty],
    ["a framework's 404", { status: 404, headers: {}, text: '{"statusCode":404,"error":"Not Found"}' }],
    ["a history that leaves metadata out", history({ ...message("msg_0"), metadata: undefined })],
    ["a history that takes references out", history({ ...message("msg_0"), metadata: { source: "api" } })],
  ])("is not sent again on %s, however late", async (_what, answer) => {
    const { onsync, clock, lines } = scriptedOnSync([answer, lost, ...Array.from({ length: 6 }, () => answer)]);
    const first = rejection(onsync.messages.send(text, options));
    await first;
    await clock.sleep(3_600_000);
    const again = await rejection(onsync.messages.send(text, options));
    expect(["unknown", "not_sent"]).toContain((again as { outcome: string }).outcome);
    expect(lines().filter((line) => line === post).length).toBeLessThanOrEqual(1);
  });
});
