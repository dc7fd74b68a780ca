/** What a teammate does to conversations and contacts that no endpoint of the API does. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../../reference/index.ts";
import { type Body, call } from "../../caller.ts";

let reference: Reference;
/** What webhooks were told, by the event's type. */
let told: string[];

beforeEach(() => {
  told = [];
  reference = createReference({
    control: true,
    deliver: async ({ headers }) => {
      told.push(String(headers["X-OnSync-Event"]));
      return { status: 200, headers: {}, body: "" };
    },
  });
});
afterEach(() => reference.close());

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
  return call(reference, method, path, body);
}

const conversation = `/_console/conversations/${encodeURIComponent("whatsapp:+971500000000")}`;

async function write(content = "Hi"): Promise<void> {
  await reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content, name: "Sara Hussein" });
}

describe("a resolved conversation", () => {
  test("is reopened for whose it was, without an event, as often as one asks", async () => {
    await ask("POST", "/v1/webhooks", { url: "https://example.com/", events: ["conversation.resolved"] });
    await write();
    const before = (await ask("GET", conversation)).body.conversation;
    await reference.control.resolve("whatsapp:+971500000000");
    for (const _time of [1, 2]) {
      const { status, body } = await ask("POST", `${conversation}/reopen`);
      expect([status, body]).toMatchObject([200, { status: "assigned", assignee: before.assignee }]);
      expect(body).not.toHaveProperty("resolvedAt");
    }
    await reference.settled();
    expect(told).toEqual(["conversation.resolved"]);
  });

  test("that is unknown is said to be", async () => {
    expect(await ask("POST", "/_console/conversations/telegram%3Anobody/reopen")).toMatchObject({ status: 404 });
  });
});

describe("a contact", () => {
  test("is made, and one that has the phone already is updated and said to be", async () => {
    const made = await ask("POST", "/_console/contacts", { firstName: "Omar", phone: "+971500000009" });
    expect(made).toMatchObject({ status: 200, body: { created: true, contact: { firstName: "Omar" } } });
    const again = await ask("POST", "/_console/contacts", { lastName: "Aziz", phone: "+971 50 000 0009" });
    expect(again.body).toMatchObject({ created: false, contact: { id: made.body.contact.id, lastName: "Aziz" } });
    const { status, body } = await ask("POST", "/_console/contacts", { firstName: "Omar" });
    expect([status, body.error.code]).toEqual([400, "validation_failed"]);
  });

  test("is deleted with its conversations and messages; whoever writes then is somebody new", async () => {
    await write("Before");
    await reference.control.inbound({ platform: "telegram", from: "7", content: "Somebody else" });
    const [, sara] = (await ask("GET", "/_console/contacts")).body.data;
    await ask("POST", "/v1/webhooks", { url: "https://example.com/", events: ["contact.updated", "contact.created"] });

    expect((await ask("DELETE", `/_console/contacts/${sara.id}`)).body).toMatchObject({
      deleted: true,
      conversations: 1,
    });
    expect((await ask("GET", `/_console/contacts/${sara.id}`)).status).toBe(404);
    expect((await ask("DELETE", `/_console/contacts/${sara.id}`)).status).toBe(404);
    expect((await ask("GET", conversation)).status).toBe(404);
    for (const path of ["/_console/contacts?query=sara", "/_console/conversations?query=before"]) {
      expect([path, (await ask("GET", path)).body.data]).toEqual([path, []]);
    }
    expect((await ask("GET", "/_console/conversations")).body.data).toMatchObject([{ id: "telegram:7" }]);
    await reference.settled();
    expect(told).toEqual([]);

    await write("After");
    const { contact, messages } = (await ask("GET", conversation)).body;
    expect(contact.id).not.toBe(sara.id);
    expect(messages.map(({ content }: { content: string }) => content)).toEqual(["After"]);
  });

  test("of another org is not found, and stays", async () => {
    const { id: orgId } = await reference.control.createOrg({ name: "Acme" });
    await reference.control.inbound({ platform: "telegram", from: "7", content: "Acme's", orgId });
    const [contact] = (await ask("GET", `/_console/contacts?orgId=${orgId}`)).body.data;
    expect((await ask("DELETE", `/_console/contacts/${contact.id}`)).status).toBe(404);
    expect((await ask("POST", "/_console/conversations/telegram%3A7/reopen")).status).toBe(404);
    expect((await ask("GET", `/_console/contacts/${contact.id}?orgId=${orgId}`)).status).toBe(200);
  });
});
