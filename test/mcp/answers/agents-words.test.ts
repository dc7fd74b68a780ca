/** What an agent reads in an error is something it can act on: tools, arguments, a person; no addresses, endpoints, options. */
import { expect, test } from "@jest/globals";
import {
  ConnectionError,
  ExtensionUnavailableError,
  NotFoundError,
  TimeoutError,
} from "../../../src/client/errors/index.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { connect, scripted } from "../session.ts";

const developersWords = /base URL|%2B|\b(GET|POST|PATCH|DELETE) \/|deadline|maxAnswerBytes/;
const api = { method: "GET", path: "/contacts/contact_1", requestId: "req_1" };
const errors = {
  "no such object": new NotFoundError("none", { ...api, status: 404, code: "not_found" }),
  "no connection": new ConnectionError("refused", { sent: false }),
  "a broken connection": new ConnectionError("reset", { sent: "unknown" }),
  "no answer in time": new TimeoutError("late", { sent: "unknown" }),
};

test.each(Object.entries(errors))("%s is told without a developer's words", async (_what, error) => {
  const get = async () => {
    throw error;
  };
  await using session = await connect({ onsync: scripted({ contacts: { get } }) });
  const answer = await session.call("get_contact", { contactId: "contact_1" });
  expect(answer.isError).toBe(true);
  expect(answer.text).not.toMatch(developersWords);
});

test.each([
  ["list_messages", { conversationId: "telegram:77", before: "2024-12-01T11:00:00 04:00" }],
  ["list_conversations", {}],
  ["find_contacts", { query: "sara" }],
  ["list_templates", {}],
  ["get_account", {}],
])("%s refused by an API of the documented endpoints alone is told in tools' words", async (tool, args) => {
  await using pair = await onsyncPair({ extensions: false });
  const session = await connect({ onsync: pair.onsync });
  const answer = await session.call(tool, args);
  expect(answer.text).not.toMatch(developersWords);
  await session.client.close();
});

test("an endpoint that is missing says which tool to use instead", async () => {
  const error = new ExtensionUnavailableError("none", { ...api, status: 404, code: "unknown_endpoint" } as never);
  const list = async () => {
    throw error;
  };
  await using session = await connect({ onsync: scripted({ conversations: { list } }) });
  expect((await session.call("list_conversations")).text).toContain("list_messages");
});
