import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { sqsSink } from "../../../src/webhooks/sinks/sqs.ts";
import { startProxy } from "../../../testing/network/proxy.ts";
import { rejection } from "../../../testing/scripted.ts";
import { handOn, noSignal } from "./event.ts";
import { startFakeSqs } from "./fake-sqs.ts";

let fake: Awaited<ReturnType<typeof startFakeSqs>>;
let sink: Awaited<ReturnType<typeof sqsSink>>;
beforeAll(async () => {
  fake = await startFakeSqs();
  sink = await sqsSink({ queueUrl: fake.queueUrl, client: fake.client });
});
afterAll(async () => {
  await sink.close();
  await fake.close();
});

describe("the SQS sink, against a fake of SQS", () => {
  test("groups by conversation, and names each message by its event", async () => {
    const event = handOn("evt_1");
    await sink.handOn(event, noSignal);
    expect(fake.queue.at(-1)).toMatchObject({
      MessageBody: event.body,
      MessageGroupId: "whatsapp:+971500000000",
      MessageDeduplicationId: "evt_1.1",
      MessageAttributes: { type: { StringValue: "message.created" }, sequence: { StringValue: "1" } },
    });
  });

  test("a repeat carries the same id, so that the queue has it once", async () => {
    const before = fake.queue.length;
    await sink.handOn(handOn("evt_1", undefined, { attempt: 2 }), noSignal);
    expect(fake.queue).toHaveLength(before);
  });

  test("is reached through a proxy where one is to be used", async () => {
    const proxy = await startProxy();
    const proxied = await sqsSink({ queueUrl: fake.queueUrl, client: fake.client, proxy: proxy.url });
    await proxied.handOn(handOn("evt_50"), noSignal);
    expect(proxy.seen).toEqual([`POST ${new URL(fake.queueUrl).origin}/`]);
    expect(fake.queue.at(-1)).toMatchObject({ MessageDeduplicationId: "evt_50.50" });
    await proxied.close();
    await proxy.close();
  });

  test("a proxy that gives no tunnel is an outage, and its password is not told", async () => {
    const proxy = await startProxy({ tunnels: 503 });
    const proxied = await sqsSink({
      queueUrl: "https://sqs.eu-central-1.amazonaws.com/1/events.fifo",
      client: { credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 },
      proxy: proxy.url.replace("//", "//someone:secret-of-the-proxy@"),
    });
    const error = await rejection(proxied.handOn(handOn("evt_60"), noSignal));
    expect(error).toBeInstanceOf(SinkUnavailableError);
    expect((error as Error).message).toContain("Failed to establish tunnel");
    expect(inspect(error, { depth: 5 })).not.toContain("secret-of");
    await proxied.close();
    await proxy.close();
  });

  test("what comes together goes together, ten to a request", async () => {
    const before = fake.batches.length;
    const events = Array.from({ length: 23 }, (_, n) => handOn(`evt_${100 + n}`, `key${n}`));
    await Promise.all(events.map((event) => sink.handOn(event, noSignal)));
    expect(
      fake.batches
        .slice(before)
        .map((batch) => batch.length)
        .sort(),
    ).toEqual([10, 10, 3].sort());
  });

  test("large events get requests of their own", async () => {
    const before = fake.batches.length;
    const large = (id: string) => handOn(id, id, { body: JSON.stringify({ id, text: "x".repeat(150_000) }) });
    await Promise.all([large("evt_200"), large("evt_201")].map((event) => sink.handOn(event, noSignal)));
    expect(fake.batches.slice(before).map((batch) => batch.length)).toEqual([1, 1]);
  });

  test("of a batch that fails in part, each event has its own outcome", async () => {
    fake.failing.set("evt_301.301", [{ code: "InvalidMessageContents", senderFault: true }]);
    fake.failing.set("evt_302.302", [{ code: "InternalError", senderFault: false }]);
    const outcomes = await Promise.allSettled(
      ["evt_300", "evt_301", "evt_302", "evt_303"].map((id) => sink.handOn(handOn(id, id), noSignal)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    const [, refused, unavailable] = outcomes as PromiseRejectedResult[];
    expect(refused?.reason).not.toBeInstanceOf(SinkUnavailableError);
    expect(refused?.reason.message).toContain("InvalidMessageContents");
    expect(unavailable?.reason).toBeInstanceOf(SinkUnavailableError);
    expect(fake.queue.map(({ MessageDeduplicationId: id }) => id).slice(-2)).toEqual(["evt_300.300", "evt_303.303"]);
  });

  test("an event that the answer does not speak of was not taken, and may be sent again", async () => {
    fake.failing.set("evt_305.305", [{ code: null, senderFault: false }]);
    await expect(sink.handOn(handOn("evt_305"), noSignal)).rejects.toMatchObject({
      name: "SinkUnavailableError",
      message: "SQS did not take it: no result",
    });
  });

  test.each([
    "RequestThrottled",
    "ThrottlingException",
    "KmsThrottled",
    "KmsDisabled",
    "AccessDenied",
    "QueueDoesNotExist",
    "InvalidClientTokenId",
    "OverLimit",
  ])("%s is an outage, though SQS blames the sender", async (code) => {
    fake.failing.set("evt_310.310", [{ code, senderFault: true }]);
    await expect(sink.handOn(handOn("evt_310"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
    fake.brokenRequests.push({ status: 400, type: code });
    await expect(sink.handOn(handOn("evt_310"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
  });

  test("a request that is refused as a whole is made again for each of its events", async () => {
    fake.brokenRequests.push({ status: 400, type: "BatchRequestTooLong" });
    fake.failing.set("evt_321.321", [{ code: "InvalidMessageContents", senderFault: true }]);
    const outcomes = await Promise.allSettled(
      ["evt_320", "evt_321", "evt_322"].map((id) => sink.handOn(handOn(id, id), noSignal)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((outcomes[1] as PromiseRejectedResult).reason).not.toBeInstanceOf(SinkUnavailableError);
  });

  test("a request that hangs is left when told to, and ended when nobody waits for any event in it", async () => {
    const ended = Promise.withResolvers<void>();
    fake.hanging.push(ended);
    const [one, other] = [new AbortController(), new AbortController()];
    const handing = [
      sink.handOn(handOn("evt_330", "a"), one.signal),
      sink.handOn(handOn("evt_331", "b"), other.signal),
    ];
    const settled = Promise.allSettled(handing);
    while (fake.hanging.length > 0) await new Promise((resolve) => setImmediate(resolve));
    one.abort();
    await expect(handing[0]).rejects.toBeInstanceOf(SinkUnavailableError);
    other.abort();
    await ended.promise;
    for (const each of await settled)
      expect((each as PromiseRejectedResult).reason).toBeInstanceOf(SinkUnavailableError);
  });

  test("a request that hangs ends by itself", async () => {
    const bounded = await sqsSink({
      queueUrl: fake.queueUrl,
      client: { ...fake.client, requestHandler: { requestTimeout: 20, throwOnRequestTimeout: true } },
    });
    const ended = Promise.withResolvers<void>();
    fake.hanging.push(ended);
    await expect(bounded.handOn(handOn("evt_340"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
    await ended.promise;
    await bounded.close();
  });

  test("a request that fails as a whole is an outage, unless it is about its only message", async () => {
    fake.brokenRequests.push({ status: 503, type: "ServiceUnavailable" });
    await expect(sink.handOn(handOn("evt_400"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
    fake.brokenRequests.push({ status: 403, type: "AccessDeniedException" });
    await expect(sink.handOn(handOn("evt_400"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
    fake.brokenRequests.push({ status: 400, type: "BatchRequestTooLong" });
    await expect(sink.handOn(handOn("evt_400"), noSignal)).rejects.toThrow(
      expect.objectContaining({ name: "Error", message: expect.stringContaining("BatchRequestTooLong") }),
    );
  });

  test("closing it lets its connections go", async () => {
    let destroyed = 0;
    const requestHandler = {
      handle: () => Promise.reject(new Error("nobody sends anything")),
      destroy: () => {
        destroyed += 1;
      },
    };
    const closing = await sqsSink({ queueUrl: fake.queueUrl, client: { ...fake.client, requestHandler } });
    expect(destroyed).toBe(0);
    await closing.close();
    expect(destroyed).toBe(1);
  });

  test("a key that SQS could not take is named by its hash, the same every time", async () => {
    const long = `whatsapp:${"x".repeat(200)}`;
    await sink.handOn(handOn("evt_500", long), noSignal);
    await sink.handOn(handOn("evt_501", long), noSignal);
    const [one, other] = fake.queue.slice(-2);
    expect(one?.MessageGroupId).toMatch(/^[0-9a-f]{64}$/);
    expect(other?.MessageGroupId).toBe(one?.MessageGroupId);
    await sink.handOn(handOn("evt_502", "telegram:سارة"), noSignal);
    expect(fake.queue.at(-1)?.MessageGroupId).toMatch(/^[0-9a-f]{64}$/);
  });

  test("a queue that keeps no order is refused", async () => {
    await expect(sqsSink({ queueUrl: "https://sqs.eu-west-1.amazonaws.com/123/onsync" })).rejects.toThrow(
      "no FIFO queue",
    );
  });
});
