/** What reaches Zapier's log of the people whose messages pass: nothing that the app puts there. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sampleEvent } from "../../../src/api/index.ts";
import { signPayload } from "../../../src/api/signature.ts";
import { hideInLog } from "../../../zapier/connection/request-log.ts";
import { type Row, startZap, type Zap } from "../harness.ts";

const phone = "+971551234567";
const person = {
  phone,
  email: "sara.hussein@example.org",
  externalId: "crm_secretive_8740",
  firstName: "Sarafina",
  lastName: "Husseinova",
  tags: ["undisclosed"],
};
const content = "The pin of the front door is 4711";
const personal = [
  phone,
  phone.slice(1),
  person.email,
  "sara.hussein",
  person.externalId,
  "Sarafina",
  "Husseinova",
  "undisclosed",
  content,
  "front door",
];

let zap: Zap;
let contactId: unknown;
beforeAll(async () => {
  zap = await startZap();
  ({ id: contactId } = await zap.create("save_contact", person));
  await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content });
});
afterAll(() => zap.close());

function expectNothingPersonal() {
  const log = zap.logs.join("\n");
  expect(personal.filter((each) => log.includes(each) || log.includes(encodeURIComponent(each)))).toEqual([]);
}

const steps: Record<string, () => Promise<unknown>> = {
  "Create or Update Contact": () => zap.create("save_contact", { ...person, properties: { note: content } }),
  "Update Contact": () => zap.create("update_contact", { contactId, ...person }),
  "Add Tags": () => zap.create("add_tags", { contactId, tags: ["undisclosed"] }),
  "Send Message": () => zap.create("send_message", { platform: "whatsapp", to: phone, content }),
  "Send Message with a reference": () =>
    zap.create("send_message", { platform: "whatsapp", to: phone, content, clientReference: person.externalId }),
  "Send WhatsApp Template": () =>
    zap.create("send_template", { to: phone, template: "order_follow_up", language: "en", parameters: ["Sarafina"] }),
  "Find Contact": () => zap.search("find_contact", { phone, email: person.email, externalId: person.externalId }),
  "Find Messages": () => zap.search("find_messages", { conversationId: `whatsapp:${phone}`, contains: "front door" }),
  "Find Conversation": () => zap.search("find_conversation", { platform: "whatsapp", to: phone }),
  "a conversation that is not there": () => zap.search("find_messages", { conversationId: `telegram:${phone}` }),
  "a contact's dropdown": () => zap.run("triggers.contact_list.operation.perform"),
  "New Message's recent ones": () => zap.run("triggers.message_created.operation.performList"),
  "a delivery": () => {
    const secret = "whsec_test";
    const event = sampleEvent("message.created");
    const data = { ...event.data, content, conversationId: `whatsapp:${phone}` };
    const body = JSON.stringify({ ...event, data });
    return zap.run("triggers.message_created.operation.perform", {
      subscribeData: { id: "wh_1", secret },
      rawRequest: { headers: { "Http-X-Onsync-Signature": signPayload(body, secret) }, content: body },
    });
  },
};

test.each(Object.entries(steps))("%s leaves nothing personal in the log", async (_what, run) => {
  zap.logs.length = 0;
  await run();
  expectNothingPersonal();
});

test.each<[string, () => Promise<unknown>]>([
  ["a field that OnSync refuses", () => zap.create("save_contact", { phone, properties: { note: "x".repeat(5000) } })],
  ["a server that fails", () => zap.search("find_messages", { conversationId: `whatsapp:${phone}` })],
])("%s leaves nothing personal in the log", async (what, run) => {
  zap.logs.length = 0;
  if (what === "a server that fails") await zap.reference.control.faults.add({ status: 500 });
  await expect(run()).rejects.toThrow();
  await zap.reference.control.faults.clear();
  expectNothingPersonal();
});

test("a request's method, path, status and request id can be read in it", async () => {
  zap.logs.length = 0;
  await steps["Find Messages"]?.();
  expect(zap.logs.join("\n")).toMatch(/GET \/conversations\/…\/messages: 200, \d+ ms, req_\w+/);
  expect(zap.logs.join("\n")).toMatch(/200 GET http:\/\/\S+\/conversations\/…\/messages /);
});

test("what was sent is hidden after it has left, and not before", async () => {
  const sent: Row = await zap.create("send_message", { platform: "telegram", to: "sara", content });
  expect(sent).toMatchObject({ content, customerAddress: "sara" });
});

test.each([
  [
    "https://api.onsync.com/v1/contacts?phone=%2B971551234567&limit=20",
    "https://api.onsync.com/v1/contacts?phone=…&limit=20",
  ],
  [
    "https://api.onsync.com/v1/conversations/whatsapp:+97155/messages?limit=1",
    "https://api.onsync.com/v1/conversations/…/messages?limit=1",
  ],
  [
    "https://api.onsync.com/v1/conversations?platform=whatsapp&cursor=abc",
    "https://api.onsync.com/v1/conversations?platform=whatsapp&cursor=…",
  ],
  ["https://api.onsync.com/v1/contacts/contact_01", "https://api.onsync.com/v1/contacts/contact_01"],
])("of %s the log shows %s", (url, shown) => {
  expect(hideInLog(url)).toBe(shown);
});
