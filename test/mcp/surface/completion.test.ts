/** Completion of ids, as a client asks for it. */
import { expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { samples } from "../../../src/api/index.ts";
import { NotFoundError } from "../../../src/client/errors/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { scripted } from "../session.ts";
import { inbox, now, serve } from "./inbox.ts";

const template = (uri: string) => ({ type: "ref/resource" as const, uri });
const messages = template("onsync://conversations/{id}/messages");
const contact = template("onsync://contacts/{id}");

test("conversations are found by any part of their address, contacts by their ids, with one request a minute", async () => {
  let asked = 0;
  let time = now();
  const list = async () => {
    asked++;
    return inbox.conversations.list();
  };
  await using session = await serve({ onsync: scripted({ conversations: { list } }), now: () => time });
  const complete = async (ref: typeof messages | { type: "ref/prompt"; name: string }, value: string, name = "id") =>
    (await session.client.complete({ ref, argument: { name, value } })).completion.values;
  expect(await complete(messages, "")).toEqual([samples.assignedConversation.id, "telegram:77"]);
  expect(await complete(messages, "TELE")).toEqual(["telegram:77"]);
  expect(await complete(messages, "77")).toEqual(["telegram:77"]);
  expect(await complete(contact, "contact_2")).toEqual(["contact_2"]);
  expect(await complete({ type: "ref/prompt", name: "reply_to_customer" }, "tele", "conversationId")).toEqual([
    "telegram:77",
  ]);
  expect(await complete({ type: "ref/prompt", name: "reply_to_customer" }, "tele", "goal")).toEqual([]);
  expect(await complete(messages, "x", "other")).toEqual([]);
  expect(await complete(template("onsync://none/{id}"), "")).toEqual([]);
  expect(asked).toBe(1);
  time += 60_000;
  await complete(messages, "");
  expect(asked).toBe(2);
});

test("contacts are found by the words of their names", async () => {
  const reference = createReference();
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
  });
  const saved = await onsync.contacts.save({ firstName: "Sara", phone: "+971500000000" });
  await using session = await serve({ onsync });
  const { completion } = await session.client.complete({ ref: contact, argument: { name: "id", value: "sar" } });
  expect(completion.values).toEqual([saved.id]);
  await reference.close();
});

test("nothing is offered where conversations cannot be listed", async () => {
  const list = async () => {
    throw new NotFoundError("no", { status: 404, code: "not_found", method: "GET", path: "/", requestId: "r" });
  };
  await using session = await serve({ onsync: scripted({ conversations: { list } }) });
  const { completion } = await session.client.complete({ ref: messages, argument: { name: "id", value: "" } });
  expect(completion).toEqual({ values: [], total: 0, hasMore: false });
});
