/** Requests of the org's hourly budget that a call does not make, because another answer has told already. */
import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { connect } from "../session.ts";

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

async function start() {
  const reference = createReference();
  const requests: string[] = [];
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => {
      requests.push(`${request.method} ${new URL(request.url).pathname.slice("/v1".length)}`);
      return reference.fetch(request);
    }),
  });
  const session = await connect({ onsync });
  return {
    reference,
    onsync,
    /** The answer, and what was asked of OnSync for it. */
    async call(name: string, args: object = {}) {
      requests.length = 0;
      const answer = await session.call(name, { ...args });
      return { ...answer, requests: [...requests] };
    },
    async [Symbol.asyncDispose]() {
      await session.client.close();
      await reference.close();
    },
  };
}

describe("templates that were listed", () => {
  async function withTemplates() {
    const world = await start();
    const { templates } = world.reference.control;
    await templates.save({ name: "news", language: "en_US", components: [{ type: "BODY", text: "Hi {{1}}" }] });
    await templates.save({ name: "news", language: "de", components: [{ type: "BODY", text: "Hallo {{1}}" }] });
    return world;
  }
  const send = { to: phone, template: "news", language: "en_US", parameters: ["Sara"] };

  test.each([{}, { language: "en" }, { platform: "whatsapp" }])(
    "by list_templates with %j are not read again for the send",
    async (args) => {
      await using world = await withTemplates();
      await world.call("list_templates", args);
      const { isError, requests } = await world.call("send_template", send);
      expect([isError, requests]).toEqual([false, ["POST /messaging/send"]]);
    },
  );

  test("on another platform are read for the send, as ever", async () => {
    await using world = await withTemplates();
    await world.call("list_templates", { platform: "telegram" });
    const { isError, requests } = await world.call("send_template", send);
    expect([isError, requests]).toEqual([false, ["GET /templates", "POST /messaging/send"]]);
  });

  test("are read again before a send is refused by them: one may have come since", async () => {
    await using world = await withTemplates();
    await world.call("list_templates");
    await world.reference.control.templates.save({ name: "new", components: [{ type: "BODY", text: "New" }] });
    const sent = await world.call("send_template", { to: phone, template: "new", language: "en" });
    expect([sent.isError, sent.requests]).toEqual([false, ["GET /templates", "POST /messaging/send"]]);
    const refused = await world.call("send_template", { ...send, language: "fr" });
    expect([refused.error?.code, refused.requests]).toEqual(["template_mismatch", ["GET /templates"]]);
  });

  test.each([
    ["de", ["de"]],
    ["EN", ["en_US"]],
    ["en-us", ["en_US"]],
    ["e", []],
  ])("in the language %s are %j", async (language, languages) => {
    await using world = await withTemplates();
    const { data } = await world.call("list_templates", { language });
    const own = data.data.filter(({ name }: { name: string }) => name === "news");
    expect(own.map((template: { language: string }) => template.language)).toEqual(languages);
  });
});

describe("the check before a send", () => {
  test("does not look at the tags where a message has told of an opt-out", async () => {
    await using world = await start();
    await world.reference.control.inbound({ platform: "whatsapp", from: phone, content: "STOP" });
    const { data, text, requests } = await world.call("check_messaging_window", { conversationId });
    expect(data).toMatchObject({ canSendText: false, canSendTemplate: false, reasons: [{ code: "opted_out" }] });
    expect(text).not.toContain("could not be looked at");
    expect(requests).toHaveLength(1);
  });

  test("looks at them where no message tells of one", async () => {
    await using world = await start();
    await world.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hello" });
    await world.onsync.contacts.save({ phone, tags: ["do-not-contact"] });
    const { data, requests } = await world.call("check_messaging_window", { conversationId });
    expect([data.reasons[0].code, requests]).toEqual([
      "opted_out",
      [`GET /conversations/${encodeURIComponent(conversationId)}/messages`, "GET /contacts"],
    ]);
  });
});

describe("a contact's tags", () => {
  test("are told by the answer to a save, and not read before they are changed", async () => {
    await using world = await start();
    const { id } = await world.onsync.contacts.save({ phone, tags: ["lead", "vip"] });
    const { data, requests } = await world.call("save_contact", { phone, addTags: ["expo"], removeTags: ["lead"] });
    expect(data.changedTags).toEqual(["expo", "lead"]);
    expect(requests).toEqual(["POST /contacts", `PATCH /contacts/${id}`, `GET /contacts/${id}`]);
    expect((await world.onsync.contacts.get(id)).tags).toEqual(["vip", "expo"]);
  });
});

describe("a contact named by its address", () => {
  test.each([phone, "+971 50 000-0000", "sara@example.com", " SARA@example.com"])(
    "%j takes one call, and a request more than by its id",
    async (contactId) => {
      await using world = await start();
      const { id } = await world.onsync.contacts.save({ phone, email: "sara@example.com", tags: ["lead"] });
      const cleared = await world.call("update_contact", { contactId, firstName: "Sara" });
      expect([cleared.data.id, cleared.requests]).toEqual([id, ["GET /contacts", `PATCH /contacts/${id}`]]);
      const read = await world.call("get_contact", { contactId });
      expect([read.data.firstName, read.requests]).toEqual(["Sara", ["GET /contacts", `GET /contacts/${id}`]]);
      const tagged = await world.call("update_contact", { contactId, addTags: ["vip"] });
      expect([tagged.data.changedTags, tagged.requests.length]).toEqual([["vip"], 4]);
    },
  );

  test.each(["+971500000009", "nobody@example.com"])("%s of nobody changes nothing, and says so", async (contactId) => {
    await using world = await start();
    const { text, error } = await world.call("update_contact", { contactId, firstName: "Sara" });
    expect([error?.code, text]).toEqual([
      "validation_failed",
      expect.stringContaining("contactId is the phone or e-mail of no contact"),
    ]);
    expect((await world.onsync.contacts.list({})).data).toEqual([]);
  });
});
