/** `onsync listen`, from its options to its end. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { signPayload } from "../../../src/api/signature.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { createFingerprint } from "../../../src/client/send/reference.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { openSqliteLedger } from "../../../src/ledger/index.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { findFreePort } from "../../../testing/network/free-port.ts";
import { messageOf } from "../../ledger/messages.ts";
import { onsync as command } from "../command.ts";
import { createClient, listen, receiveMessage, startApi, useFolder, useSink } from "./receivers.ts";

const { folder, newFile } = useFolder();
const sink = useSink();

describe("onsync listen", () => {
  test("with --register it hands on what OnSync delivers, and started again it uses the same endpoint", async () => {
    await using api = await startApi();
    const data = newFile();
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}/`;
    const first = await listen(sink, api.env, { data, port, register: url });
    await receiveMessage(api.reference, 1);
    await api.reference.settled();
    await sink.until(() => sink.handedOn.length >= 3); // the contact, the message, the assignment
    await first.close();

    const second = await listen(sink, api.env, { data, port, register: url });
    expect(second.registered).toEqual(first.registered);
    await second.close();
    const deliveries = await api.reference.control.deliveries();
    expect(new Set(sink.handedOn.map(({ id }) => id)).size).toBe(sink.handedOn.length);
    expect(deliveries.every(({ status }) => status === "delivered")).toBe(true);
  });

  test("with --unregister it takes back at the end what it, or a start before, registered", async () => {
    await using api = await startApi();
    const data = newFile();
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}/`;
    const first = await listen(sink, api.env, { data, port, register: url });
    await first.close();
    expect(await createClient(api.reference).webhooks.list()).toMatchObject({ data: [{ url }] });

    const second = await listen(sink, api.env, { data, port, register: url, unregister: true });
    await second.close();
    expect(await createClient(api.reference).webhooks.list()).toMatchObject({ data: [] });
  });

  test("with --max-age it refuses what was created longer ago", async () => {
    const receiver = await listen(sink, { ONSYNC_WEBHOOK_SECRETS: "whsec_1" }, { data: newFile(), maxAge: 3_600_000 });
    const statuses: number[] = [];
    for (const [id, ageMs] of [["evt_new", 0] as const, ["evt_old", 3_700_000] as const]) {
      const body = JSON.stringify({ ...messageEvent(id), createdAt: new Date(Date.now() - ageMs).toISOString() });
      const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, "whsec_1") };
      statuses.push((await fetch(receiver.url, { method: "POST", headers, body })).status);
    }
    await receiver.close();
    expect(statuses).toEqual([200, 422]);
  });

  test("signs with ONSYNC_FORWARD_SECRET, or with the newest webhook secret", async () => {
    const events = [messageEvent("evt_1"), messageEvent("evt_2")];
    const environments: Record<string, string>[] = [{ ONSYNC_FORWARD_SECRET: "shared" }, {}];
    for (const [index, env] of environments.entries()) {
      const data = newFile();
      const store = openSqliteStore({ file: data });
      await store.accept(toIncoming(events[index] as (typeof events)[number]));
      await store.close();
      const receiver = await listen(sink, { ONSYNC_WEBHOOK_SECRETS: "newest,older", ...env }, { data });
      await sink.until(() => sink.handedOn.length === index + 1);
      await receiver.close();
    }
    expect(sink.handedOn.map(({ isGenuine }) => [isGenuine("shared"), isGenuine("newest")])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test("with a ledger, closes an open send by the event of its message", async () => {
    await using api = await startApi();
    const ledger = newFile();
    const port = await findFreePort();
    const receiver = await listen(sink, api.env, {
      data: newFile(),
      port,
      register: `http://127.0.0.1:${port}/`,
      ledger,
    });
    const sends = openSqliteLedger({ file: ledger });
    const key = { scope: api.env.ONSYNC_BASE_URL, reference: "order-1187-left" };
    const text = { platform: "telegram", to: "sara", messageType: "text", content: "Hi" } as const;
    const { platform, to } = text;
    const noted = messageOf(key.reference, { ...key, platform, to, fingerprint: createFingerprint(text) });
    await sends.claim(noted, { leaseMs: 0 });
    expect(await sends.find(key)).toMatchObject({ state: "unknown" });
    const sender = createOnSync({
      apiKey: api.reference.key,
      baseUrl: "http://127.0.0.1/v1",
      transport: fetchTransport((request) => api.reference.fetch(request)),
    });
    const { id } = await sender.messages.send(text, { clientReference: key.reference });
    await api.reference.settled();
    while ((await sends.find(key))?.state !== "sent") await new Promise(setImmediate);
    expect(await sends.find(key)).toMatchObject({ messageId: id });
    await sends.close();
    await receiver.close();
  });

  test("answers a load balancer", async () => {
    const receiver = await listen(sink, { ONSYNC_WEBHOOK_SECRETS: "secret" }, { data: newFile() });
    const response = await fetch(`${receiver.url}healthz`);
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    await receiver.close();
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ["no secret", [], {}, "Set ONSYNC_WEBHOOK_SECRETS"],
    ["a sink that is none", ["--sink", "kafka:x"], { ONSYNC_WEBHOOK_SECRETS: "s" }, "sqs:QUEUE_URL"],
    [
      "a queue without order",
      ["--sink", "sqs:https://sqs.eu-west-1.amazonaws.com/1/q"],
      { ONSYNC_WEBHOOK_SECRETS: "s" },
      "no FIFO queue",
    ],
    ["a stream without a Redis", ["--sink", "redis:s"], { ONSYNC_WEBHOOK_SECRETS: "s" }, "ONSYNC_REDIS_URL"],
    ["a Redis that is none", ["--redis", "http://x"], { ONSYNC_WEBHOOK_SECRETS: "s" }, "redis://127.0.0.1:6379"],
    ["two places for events", ["--redis", "redis://x", "--data", "y"], {}, "cannot be used with"],
    ["two sinks", ["--forward", "http://x", "--sink", "redis:s"], {}, "cannot be used with"],
    ["no URL", ["--forward", "example.com"], {}, "http or https URL"],
    ["registering without a key", ["--register", "https://x.example.com"], {}, "No API key is set"],
    ["taking back what was not registered", ["--unregister"], { ONSYNC_WEBHOOK_SECRETS: "s" }, "goes with --register"],
  ])("a wrong call ends with exit code 2 and leaves no file behind: %s", async (_what, args, env, sentence) => {
    const before = readdirSync(folder);
    const data = args.includes("--redis") ? [] : ["--data", newFile()];
    const { code, stdout, stderr } = await command(["listen", "--port", "0", ...data, ...args], {
      env: { ...env, ONSYNC_LOG_LEVEL: "silent" },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(readdirSync(folder)).toEqual(before);
  });
});

test("a port that is taken leaves no event file behind", async () => {
  const before = readdirSync(folder);
  const { port } = sink;
  await expect(listen(sink, { ONSYNC_WEBHOOK_SECRETS: "s" }, { data: newFile(), port })).rejects.toThrow("EADDRINUSE");
  expect(readdirSync(folder)).toEqual(before);
});
