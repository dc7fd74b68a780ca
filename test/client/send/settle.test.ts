import { describe, expect, test } from "@jest/globals";
import { createMemoryLedger, type TransportResponse } from "../../../src/client/index.ts";
import { conversationId } from "../../../testing/message-store.ts";
import { json, networkError, refused, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } as const;

describe("messages.settle", () => {
  const lost = networkError("ECONNRESET");
  const empty = json(200, { data: [{ id: "msg_0", metadata: { clientReference: "x" } }], nextBefore: null });
  const found = json(200, { data: [{ id: "msg_1", conversationId, metadata: { clientReference: "order-17" } }] });
  const open = async (...later: Step[]) => {
    const script = scriptedOnSync([empty, lost, empty, empty, empty, empty, empty, ...later]);
    await rejection(script.onsync.messages.send(text, { clientReference: "order-17" }));
    return script;
  };

  test("finds a message that came late", async () => {
    const { onsync } = await open(found);
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "sent", messageId: "msg_1" });
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "sent" });
  });

  test("leaves it open within the grace, and says not_sent after it", async () => {
    const { onsync, clock } = await open(empty, empty);
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "unknown" });
    await clock.sleep(10 * 60_000);
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "not_sent" });
  });

  test("leaves it open where the history cannot be read, or proves nothing", async () => {
    const framework: TransportResponse = { status: 404, headers: {}, text: '{"statusCode":404,"error":"Not Found"}' };
    const { onsync, clock } = await open(framework, refused(403, "insufficient_scope"));
    await clock.sleep(10 * 60_000);
    expect(await rejection(onsync.messages.settle("order-17"))).toMatchObject({ name: "NotFoundError" });
    expect(await rejection(onsync.messages.settle("order-17"))).toMatchObject({ name: "PermissionError" });
  });

  test("leaves it open where a thousand newer messages hide whether it is there", async () => {
    const at = (index: number) => new Date(Date.parse("2024-12-01T11:00:00.000Z") - index).toISOString();
    const pages = Array.from({ length: 10 }, (_, page) => {
      const data = Array.from({ length: 100 }, (_, index) => {
        const number = page * 100 + index;
        return { id: `msg_${number}`, createdAt: at(number), metadata: { clientReference: `x${number}` } };
      });
      return json(200, { data, nextBefore: data.at(-1)?.createdAt });
    });
    const { onsync, clock, lines } = await open(...pages);
    await clock.sleep(10 * 60_000);
    const before = lines().length;
    expect(await onsync.messages.settle("order-17")).toMatchObject({ state: "unknown" });
    expect(lines()).toHaveLength(before + 10);
  });

  test("ends by its deadline where the ledger does not answer", async () => {
    const find = () => new Promise<never>(() => {});
    const { onsync, clock } = scriptedOnSync([], { ledger: { ...createMemoryLedger(), find } });
    const startedAt = clock.now();
    expect(await rejection(onsync.messages.settle("order-17"))).toMatchObject({ name: "TimeoutError" });
    expect(clock.now() - startedAt).toBe(30_000);
  });

  test("knows nothing of a reference that was never used", async () => {
    const { onsync } = scriptedOnSync([]);
    expect(await onsync.messages.settle("order-18")).toBeNull();
  });
});
