/** Resources, as a client asks for them. */
import { expect, test } from "@jest/globals";
import { samples } from "../../../src/api/index.ts";
import { NotFoundError } from "../../../src/client/errors/index.ts";
import { scripted } from "../session.ts";
import { conversationId, inbox, serve } from "./inbox.ts";

test("the guide is listed, contacts and conversations are templates", async () => {
  await using session = await serve();
  const { resources } = await session.client.listResources();
  expect(resources.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
    ["onsync://guide/whatsapp-window", "text/markdown"],
  ]);
  const { resourceTemplates } = await session.client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
    "onsync://contacts/{id}",
    "onsync://conversations/{id}/messages",
  ]);
  const { contents } = await session.client.readResource({ uri: "onsync://guide/whatsapp-window" });
  expect(contents).toMatchObject([{ mimeType: "text/markdown", text: expect.stringContaining("send_template") }]);
});

test.each([
  ["as it is", `onsync://conversations/${conversationId}/messages`],
  ["percent-encoded", `onsync://conversations/${encodeURIComponent(conversationId)}/messages`],
])("a conversation's messages, its id %s, come fenced and with the window", async (_how, uri) => {
  const asked: string[] = [];
  const list = async (id: string) => {
    asked.push(id);
    return inbox.messages.list();
  };
  await using session = await serve({ onsync: scripted({ messages: { list } }) });
  const { contents } = await session.client.readResource({ uri });
  expect(asked).toEqual([conversationId]);
  expect(contents[0]?.uri).toBe(uri);
  const { text } = contents[0] as { text: string };
  expect(text).toMatch(
    /^Text inside (customer-[a-z0-9]{8}) tags was written by customers[\s\S]*<\1>Where is my order\?<\/\1>/,
  );
  expect(text).toContain("WhatsApp window open until");
});

test("phones and e-mails are masked in resources as in the answers of tools", async () => {
  await using session = await serve({ safety: { redactPii: true } });
  const { contents } = await session.client.readResource({ uri: "onsync://contacts/contact_1" });
  const { text } = contents[0] as { text: string };
  expect(text).toContain(samples.contact.id);
  expect(text).not.toContain("+971500000000");
  expect(text).not.toContain("sara@example.com");
});

test.each([
  "onsync://contacts/",
  "onsync://contacts/a/b",
  "onsync://contacts/%E0%A4",
  "onsync://other/1",
  "file:///etc/passwd",
])("%s is no resource, and the answer names those there are", async (uri) => {
  await using session = await serve();
  await expect(session.client.readResource({ uri })).rejects.toMatchObject({
    code: -32002,
    message: expect.stringContaining("onsync://conversations/{id}/messages"),
  });
});

test("a contact that is not there is answered as its tool answers", async () => {
  const get = async () => {
    throw new NotFoundError("no", {
      status: 404,
      code: "not_found",
      method: "GET",
      path: "/contacts/x",
      requestId: "req_9",
    });
  };
  await using session = await serve({ onsync: scripted({ contacts: { get } }) });
  await expect(session.client.readResource({ uri: "onsync://contacts/x" })).rejects.toMatchObject({
    code: -32002,
    message: expect.stringContaining("find_contacts"),
  });
});

test("what the operator does not offer is no resource either", async () => {
  await using session = await serve({ safety: { toolsets: ["contacts"] } });
  const { resourceTemplates } = await session.client.listResourceTemplates();
  expect(resourceTemplates.map(({ name }) => name)).toEqual(["contact"]);
  const uri = `onsync://conversations/${conversationId}/messages`;
  await expect(session.client.readResource({ uri })).rejects.toMatchObject({
    message: expect.stringContaining("operator"),
  });
});
