/** `onsync start` on the embedded API. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { eventTypes } from "../../../src/api/index.ts";
import { callTool, cleanUps, start } from "./started.ts";

describe("onsync start", () => {
  test("answers the documentation's two requests with requestId and timestamp", async () => {
    const { post } = await start();
    const contact = await post("/v1/contacts", {
      firstName: "Sara",
      lastName: "Hussein",
      phone: "+971500000000",
      email: "sara@example.com",
      tags: ["lead", "expo"],
      channel: "instagram",
      properties: { source: "Expo booth", language: "en", externalId: "crm_8740" },
    });
    const message = await post("/v1/messaging/send", {
      platform: "whatsapp",
      to: "+971500000000",
      messageType: "text",
      content: "Welcome to OnSync. Reply STOP to unsubscribe.",
      metadata: { source: "api", campaign: "expo-follow-up" },
    });
    for (const response of [contact, message]) {
      expect(response.ok).toBe(true);
      expect(await response.json()).toMatchObject({
        requestId: expect.stringMatching(/^req_/),
        timestamp: expect.stringMatching(/Z$/),
      });
    }
  });

  test("an assistant that waits for events gets what a customer writes", async () => {
    const started = await start();
    const { structuredContent: before } = await callTool(started, "wait_for_events", { timeoutSeconds: 0 });
    const waiting = callTool(started, "wait_for_events", {
      cursor: before.cursor,
      types: ["message.created"],
      timeoutSeconds: 25,
    });
    const inbound = await started.post("/_control/inbound", {
      platform: "whatsapp",
      from: "+971500000000",
      content: "Thank you!",
    });
    expect(inbound.ok).toBe(true);
    expect((await waiting).structuredContent.data).toMatchObject([{ type: "message.created" }]);
  });

  test("a message that is sent goes on by itself, as a phone would receive it", async () => {
    const { post, get } = await start();
    const sent = await post("/v1/messaging/send", {
      ...{ platform: "telegram", to: "482910377", messageType: "text", content: "There is a place left." },
    });
    expect(await sent.json()).toMatchObject({ status: "queued" });
    await post("/_control/clock", { advanceMs: 60_000 });
    const history = await (await get("/v1/conversations/telegram:482910377/messages")).json();
    expect(history).toMatchObject({ data: [{ content: "There is a place left.", status: "read" }, {}] });
  });

  test("keeps the data of --data, and registers one receiver each time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "onsync-start-"));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const data = join(folder, "onsync.db");
    const first = await start({ data });
    const { id } = (await (await first.post("/v1/contacts", { email: "kept@example.com" })).json()) as { id: string };
    await first.close();

    const second = await start({ data });
    expect(second.site.api).toEqual({
      ...first.site.api,
      url: `${second.origin}/v1`,
      controlToken: expect.any(String),
    });
    expect((await second.get(`/v1/contacts/${id}`)).status).toBe(200);
    const { data: webhooks } = (await (await second.get("/v1/webhooks")).json()) as { data: unknown[] };
    expect(webhooks).toMatchObject([{ url: `${second.origin}/hooks`, events: [...eventTypes], status: "active" }]);
  });

  test.each([
    ["in memory", false],
    ["kept with --data", true],
  ])("after a reset the receiver is registered again, and takes what is delivered (%s)", async (_where, kept) => {
    const folder = mkdtempSync(join(tmpdir(), "onsync-start-"));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const options = kept ? { data: join(folder, "onsync.db") } : {};
    const started = await start(options);
    const { origin, post } = started;
    const listed = async () => (await (await started.get("/v1/webhooks")).json()) as { data: { id: string }[] };
    const [before] = (await listed()).data;
    await Promise.all([post("/_control/reset", {}), post("/_control/reset", {})]);
    expect((await post("/_control/reset", {})).status).toBe(200);

    // It is there when the answer is, once, and another than before.
    const { data } = await listed();
    expect(data).toMatchObject([{ url: `${origin}/hooks`, events: [...eventTypes], status: "active" }]);
    expect(data[0]?.id).not.toBe(before?.id);

    const { structuredContent: now } = await callTool(started, "wait_for_events", { timeoutSeconds: 0 });
    await post("/_control/inbound", { platform: "telegram", from: "7", content: "Anybody there?" });
    const waited = await callTool(started, "wait_for_events", {
      cursor: now.cursor,
      types: ["message.created"],
      timeoutSeconds: 25,
    });
    expect(waited.structuredContent.data).toMatchObject([{ type: "message.created" }]);
    // Answers when everything that is due has been delivered.
    await post("/_control/clock", { advanceMs: 0 });
    expect(await listed()).toMatchObject({ data: [{ stats: { failed: 0, retried: 0, lastStatusCode: 200 } }] });

    await started.close();
    if (!kept) return;
    const again = await start(options);
    const { data: after } = (await (await again.get("/v1/webhooks")).json()) as { data: unknown[] };
    expect(after).toMatchObject([{ url: `${again.origin}/hooks` }]);
  });

  test("drains though everything was reset meanwhile", async () => {
    const { post, close } = await start();
    expect((await post("/_control/reset", {})).ok).toBe(true);
    await expect(close()).resolves.toBeUndefined();
  });

  test("a port that is taken is an error that leaves nothing open", async () => {
    const { origin } = await start();
    const port = Number(new URL(origin).port);
    await expect(start({ port })).rejects.toMatchObject({ code: "EADDRINUSE", port });
  });

  test("a data file that cannot be used is an error that leaves nothing open", async () => {
    await expect(start({ data: "/nonexistent/onsync.db" })).rejects.toThrow("/nonexistent/onsync.db");
  });
});
