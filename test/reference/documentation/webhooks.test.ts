/** docs/onsync-api.txt on webhook endpoints. */
import { describe, expect, test } from "@jest/globals";
import { still } from "../caller.ts";
import { envelope, id, now } from "./documented.ts";

describe("Webhooks", () => {
  test("POST registers, GET lists with stats and without the secret, DELETE removes", async () => {
    await using api = still();
    const url = "https://example.com/hooks/onsync";
    const events = ["message.created", "message.updated", "conversation.assigned"];
    const made = await api.call("POST", "/v1/webhooks", { url, events, secret: "a secret of mine" });
    expect(made.status).toBe(201);
    const webhook = { id: id("wh"), url, events, status: "active", createdAt: now };
    expect(made.body).toEqual({ ...webhook, secret: "a secret of mine", ...envelope });

    const listed = await api.call("GET", "/v1/webhooks");
    expect(listed.status).toBe(200);
    const stats = { delivered: 0, failed: 0, pending: 0, retried: 0, lastDeliveryAt: null, lastStatusCode: null };
    expect(listed.body).toEqual({ data: [{ ...webhook, stats }], ...envelope });
    expect(listed.text).not.toContain("secret");

    const removed = await api.call("DELETE", `/v1/webhooks/${made.body.id}`);
    expect(removed.status).toBe(200);
    expect(removed.body).toEqual({ id: made.body.id, deleted: true, ...envelope });
    expect((await api.call("GET", "/v1/webhooks")).body.data).toEqual([]);
    expect((await api.call("DELETE", `/v1/webhooks/${made.body.id}`)).status).toBe(404);
  });

  test("a secret is made where none is given: long, and another each time", async () => {
    await using api = still();
    const body = { url: "https://example.com", events: ["contact.created"] };
    const secrets = [1, 2].map(async () => (await api.call("POST", "/v1/webhooks", body)).body.secret);
    const [one, other] = await Promise.all(secrets);
    expect(one).toMatch(/^whsec_[\w-]{32}$/);
    expect(one).not.toBe(other);
  });
});
