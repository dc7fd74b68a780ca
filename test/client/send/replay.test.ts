/** Sends under a reference of the caller's: they may be made again. */
import { describe, expect, test } from "@jest/globals";
import type { MessageInput } from "../../../src/client/index.ts";
import { html, json, never, refused, rejection, scriptedOnSync } from "../../../testing/scripted.ts";
import { empty, history, look, message, post, send } from "../../../testing/scripted-send.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } satisfies MessageInput;
const sent = json(201, message("msg_sent", "order-17"));

describe("a reference of the caller's", () => {
  const options = { clientReference: "order-17" };
  const already = history(message("msg_1", "order-17", "2024-11-01T10:00:00.000Z"));

  test.each([
    ["option", text, options],
    ["metadata", { ...text, metadata: { clientReference: "order-17" } }, undefined],
    ["both", { ...text, metadata: { clientReference: "order-17" } }, options],
  ])(
    "given by %s, is answered with the message that has it, however old, and nothing is sent",
    async (_what, input, given) => {
      const { outcome, lines } = await send([already], input, given);
      expect(outcome).toMatchObject({ id: "msg_1", alreadySent: true });
      expect(lines()).toEqual([look]);
    },
  );

  test.each([
    ["an empty history", empty],
    ["no conversation yet", refused(404, "not_found")],
    ["other messages", history(message("msg_1", "order-16"), message("msg_2"))],
  ])("is sent with the message after %s", async (_what, step) => {
    const { outcome, lines, requests } = await send([step, sent], text, options);
    expect(outcome).toMatchObject({ id: "msg_sent" });
    expect(lines()).toEqual([look, post]);
    expect(JSON.parse(requests[1]?.body ?? "").metadata).toEqual(options);
  });

  test("sends nothing with a key that lacks read:messages, and advises to grant it", async () => {
    const { outcome, lines } = await send([refused(403, "insufficient_scope")], text, options);
    expect(outcome).toMatchObject({
      name: "PermissionError",
      scope: "read:messages",
      outcome: "not_sent",
      requestId: "req_1",
    });
    expect((outcome as Error & { advice: string }).advice).toContain("grant the key read:messages");
    expect(lines()).toEqual([look]);
  });

  test("sends nothing where the history cannot be read, and says that an earlier send is possible", async () => {
    const { outcome, lines } = await send([html(502), html(502), html(502), html(502)], text, options);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("nothing was sent now, and it may have been before"),
      cause: { name: "ServerError", status: 502 },
    });
    expect(lines()).toEqual([look, look, look, look]);
  });

  test("makes sends at the same time go one after the other, and the later ones find the first", async () => {
    const { onsync, clock, lines } = scriptedOnSync([
      empty,
      async () => {
        await clock.sleep(1_000);
        return sent;
      },
    ]);
    const replays = await Promise.all([1, 2, 3].map(() => onsync.messages.send(text, options)));
    expect(replays.map(({ id, alreadySent }) => [id, alreadySent])).toEqual([
      ["msg_sent", undefined],
      ["msg_sent", true],
      ["msg_sent", true],
    ]);
    expect(lines()).toEqual([look, post]);
  });

  test("a send that gives up waiting for its turn cannot tell what becomes of the first, and lets nobody overtake it", async () => {
    const { onsync, clock, lines } = scriptedOnSync([
      empty,
      async () => {
        await clock.sleep(5_000);
        return sent;
      },
    ]);
    const startedAt = clock.now();
    const first = onsync.messages.send(text, options);
    const hasty = rejection(onsync.messages.send(text, { ...options, deadlineMs: 1_000 }));
    const aborted = rejection(onsync.messages.send(text, { ...options, signal: AbortSignal.abort("enough") }));
    const last = onsync.messages.send(text, options);
    expect(await hasty).toMatchObject({ name: "UnknownOutcomeError", outcome: "unknown" });
    expect(clock.now() - startedAt).toBe(2_000);
    expect(await aborted).toBe("enough");
    expect([(await first).id, (await last).id]).toEqual(["msg_sent", "msg_sent"]);
    expect(lines()).toEqual([look, post]);
  });

  test("does not hold up sends under other references", async () => {
    const other = json(201, message("msg_other", "order-18"));
    const { onsync, lines } = scriptedOnSync([empty, empty, never, other]);
    const waiting = rejection(onsync.messages.send(text, options));
    await onsync.messages.send(text, { clientReference: "order-18" });
    expect(lines().slice(0, 4)).toEqual([look, look, post, post]);
    await waiting;
  });

  test.each<[string, unknown, unknown, string]>([
    ["an empty option", "", undefined, "clientReference must not be blank"],
    ["a blank option", " \t", undefined, "clientReference must not be blank"],
    ["an option that is a number", 7, undefined, "clientReference must be a text, not a number"],
    ["more than 200 characters", "é".repeat(201), undefined, "clientReference must be at most 200 characters"],
    ["half a surrogate pair", "order-\ud83d", undefined, "clientReference must be well-formed"],
    ["empty in metadata", undefined, "", "metadata.clientReference must not be blank"],
    ["blank in metadata", undefined, " ", "metadata.clientReference must not be blank"],
    ["a number in metadata", undefined, 7, "metadata.clientReference must be a text, not a number"],
    ["null in metadata", undefined, null, "metadata.clientReference must be a text, not null"],
    ["two that differ", "order-17", "order-18", "clientReference differs from metadata.clientReference"],
    ["two that differ by white space", "order-17", "order-17 ", "clientReference differs"],
  ])("is refused before any request where it is invalid: %s", async (_what, option, inMetadata, expected) => {
    const input = inMetadata === undefined ? text : { ...text, metadata: { clientReference: inMetadata } };
    const { outcome, lines } = await send([], input, { clientReference: option as string });
    expect(outcome).toMatchObject({ name: "ValidationError", outcome: "not_sent" });
    expect((outcome as Error).message).toContain(expected);
    expect(lines()).toEqual([]);
  });

  test.each(["é".repeat(200), " order-17", "🙂".repeat(200)])(
    "is sent exactly as it was given: %j",
    async (clientReference) => {
      const { requests } = await send([empty, json(201, message("msg_1", clientReference))], text, { clientReference });
      expect(JSON.parse(requests[1]?.body ?? "").metadata).toEqual({ clientReference });
    },
  );
});
