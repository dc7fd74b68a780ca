import { describe, expect, test } from "@jest/globals";
import { registerReceiver } from "../../../cli/start/api.ts";
import { endWaitsOnStop } from "../../../cli/start/receiver.ts";
import { createEventLog } from "../../../src/webhooks/index.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";

describe("those who wait for events when the program stops", () => {
  const wait = { limit: 10, timeoutMs: 60_000 };

  test("are answered at once, with a cursor to go on from", async () => {
    const stop = new AbortController();
    const events = endWaitsOnStop(createEventLog(), stop.signal);
    const waiting = events.wait(wait);
    stop.abort();
    expect(await waiting).toEqual({ data: [], cursor: expect.any(String), more: false, gap: false });
    expect(await events.wait(wait)).toMatchObject({ data: [] });
  });

  test("end when their caller aborts", async () => {
    const caller = new AbortController();
    const events = endWaitsOnStop(createEventLog(), new AbortController().signal);
    const waiting = events.wait({ ...wait, signal: caller.signal });
    caller.abort();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

test("an endpoint that an earlier run left behind is replaced, another one stays", async () => {
  await using pair = await onsyncPair();
  const url = "http://127.0.0.1:4000/hooks";
  const other = await pair.onsync.webhooks.create({ url: "https://example.com/hooks", events: ["contact.created"] });
  const first = await registerReceiver(pair.onsync, url);
  const second = await registerReceiver(pair.onsync, url);
  expect(second.secret).not.toBe(first.secret);
  const urls = async () => (await pair.onsync.webhooks.list()).data.map((webhook) => webhook.url).sort();
  expect(await urls()).toEqual([url, other.url]);
  await second.unregister();
  await second.unregister();
  expect(await urls()).toEqual([other.url]);
});
