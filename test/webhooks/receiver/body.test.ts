import { describe, expect, test } from "@jest/globals";
import { body, delivery, openReceiver } from "./harness.ts";

describe("the body of a delivery", () => {
  test("is answered 503 with Retry-After where too much is under way at once", async () => {
    await using at = openReceiver({ maxBytesUnderWay: 100 });
    const response = await at.receiver.fetch(delivery());
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
  });

  test("is answered 408 when it takes too long", async () => {
    const late = Promise.withResolvers<void>();
    await using at = openReceiver({ clock: { now: () => 0, sleep: () => late.promise } });
    let cancelled = false;
    const slow = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"id":')),
      cancel: () => {
        cancelled = true;
      },
    });
    const request = new Request("http://127.0.0.1/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: slow,
      duplex: "half",
    } as RequestInit);
    const answer = at.receiver.fetch(request);
    late.resolve();
    expect((await answer).status).toBe(408);
    expect(await at.store.stats()).toMatchObject({ accepted: 0 });
    expect(cancelled || request.bodyUsed).toBe(true);
  });

  test("a body that was given up takes no more of the shared room with what still arrives", async () => {
    const late = Promise.withResolvers<void>();
    let waits = 0;
    const sleep = () => {
      waits += 1;
      return waits === 1 ? late.promise : new Promise<void>(() => {});
    };
    await using at = openReceiver({ clock: { now: () => 0, sleep }, maxBytesUnderWay: body.length + 50 });
    let send = (_text: string): void => {};
    const slow = new ReadableStream({
      start: (controller) => {
        send = (text) => controller.enqueue(new TextEncoder().encode(text));
      },
    });
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", headers, body: slow, duplex: "half" } as RequestInit;
    const answer = at.receiver.fetch(new Request("http://127.0.0.1/", request));
    late.resolve();
    expect((await answer).status).toBe(408);
    send(" ".repeat(100));
    await new Promise(setImmediate);
    expect((await at.receiver.fetch(delivery())).status).toBe(200);
  });
});
