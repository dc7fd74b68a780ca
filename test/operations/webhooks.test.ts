/** Webhooks, and the events that come by them. */
import { describe, expect, test } from "@jest/globals";
import { sampleEvent } from "../../src/api/index.ts";
import { createEventLog } from "../../src/webhooks/log/event-log.ts";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { run } from "./run-operation.ts";

describe.each([true, false])("with extensions: %s", (extensions) => {
  test("webhooks: created with its secret once, listed without, deleted", async () => {
    await using pair = await onsyncPair({ extensions });
    const created = await run(pair.onsync, "create_webhook", {
      url: "https://example.com/hooks",
      events: ["contact.created"],
    });
    expect(created).toMatchObject({ secret: expect.any(String), status: "active" });
    const { data } = await run(pair.onsync, "list_webhooks", {});
    expect(data).toMatchObject([{ id: created.id, stats: { delivered: 0 } }]);
    expect(JSON.stringify(data)).not.toContain(created.secret);
    expect(await run(pair.onsync, "delete_webhook", { webhookId: created.id })).toMatchObject({ deleted: true });
    expect((await run(pair.onsync, "list_webhooks", {})).data).toEqual([]);
  });
});

describe("wait_for_events", () => {
  test("gives the events of the log, and the cursor to go on from", async () => {
    await using pair = await onsyncPair();
    const events = createEventLog();
    const { cursor } = await run(pair.onsync, "wait_for_events", { timeoutSeconds: 0 }, { events });
    events.append(sampleEvent("contact.created"));
    const answer = await run(pair.onsync, "wait_for_events", { cursor, types: ["contact.created"] }, { events });
    expect(answer).toMatchObject({ data: [sampleEvent("contact.created")], more: false, gap: false });
  });

  test("says what to do where no receiver runs", async () => {
    await using pair = await onsyncPair();
    await expect(run(pair.onsync, "wait_for_events", {})).rejects.toMatchObject({
      advice: expect.stringContaining("list_messages"),
    });
  });
});
