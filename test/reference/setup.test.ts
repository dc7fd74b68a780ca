/** What a reference begins with: the demo data, and everything anew after a reset. */
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Body, start, still } from "./caller.ts";
import { createFolder } from "./folders.ts";

describe("reset", () => {
  test("a reset is over when onReset is, and the next reset waits for it", async () => {
    const seen: string[] = [];
    const api = still({
      onReset: async () => {
        seen.push("begins");
        await reference.control.templates.save({ name: "mine" });
        await new Promise(setImmediate);
        seen.push("ends");
      },
    });
    const { reference } = api;
    await Promise.all([reference.control.reset(), reference.control.reset()]);
    expect(seen).toEqual(["begins", "ends", "begins", "ends"]);
    expect(await reference.control.templates.list()).toMatchObject([{ name: "mine" }, { name: "order_follow_up" }]);
    await reference.close();
  });

  test("a reset fails where onReset fails, and the next one goes on", async () => {
    let fails = true;
    await using api = still({
      onReset: async () => {
        if (fails) throw new Error("the receiver is gone");
      },
    });
    await expect(api.reference.control.reset()).rejects.toThrow("the receiver is gone");
    fails = false;
    await expect(api.reference.control.reset()).resolves.toBeUndefined();
  });
});

describe("demo data", () => {
  test("Sara's window is open, Yusuf's is closed; templates, platforms and both directions are there", async () => {
    await using api = still({ seed: "demo" });
    const { body } = await api.call("GET", "/v1/contacts?phone=%2B971500000000");
    expect(body.data).toMatchObject([
      { firstName: "Sara", lastName: "Hussein", email: "sara@example.com", properties: { externalId: "crm_8740" } },
    ]);
    const text = { platform: "whatsapp", messageType: "text", content: "Hello" };
    expect((await api.call("POST", "/v1/messaging/send", { ...text, to: "+971500000000" })).status).toBe(201);
    expect((await api.call("POST", "/v1/messaging/send", { ...text, to: "+971501112233" })).status).toBe(400);
    const history = (await api.call("GET", "/v1/conversations/whatsapp:+971500000000/messages")).body.data;
    expect(new Set(history.map((message: Body) => message.direction))).toEqual(new Set(["inbound", "outbound"]));
    const { data: conversations } = (await api.call("GET", "/v1/conversations")).body;
    expect(new Set(conversations.map((conversation: Body) => conversation.platform))).toEqual(
      new Set(["whatsapp", "instagram", "telegram"]),
    );
    const { data: templates } = (await api.call("GET", "/v1/templates")).body;
    expect(templates.map((template: Body) => `${template.name} ${template.language}`)).toEqual([
      "appointment_reminder en",
      "order_follow_up ar",
      "order_follow_up en",
    ]);
    // It happened in the past, and in the order of its ids.
    const { data: contacts } = (await api.call("GET", "/v1/contacts")).body;
    for (const contact of contacts) expect(Date.parse(contact.createdAt)).toBeLessThan(start);
    const ids = contacts.map((contact: Body) => contact.id);
    expect(ids).toEqual(ids.toSorted().reverse());
  });

  test("a file that holds something is left alone; reset tells the story anew", async () => {
    const data = join(createFolder(), "reference.db");
    {
      await using api = still({ data });
      await api.call("POST", "/v1/contacts", { phone: "+10000000" });
    }
    await using api = still({ data, seed: "demo" });
    expect((await api.call("GET", "/v1/contacts")).body.data).toHaveLength(1);
    await api.reference.control.reset();
    expect((await api.call("GET", "/v1/contacts")).body.data).toHaveLength(5);
  });
});
