/** Calls that no answer came to, or one that cannot be used. */
import { describe, expect, test } from "@jest/globals";
import {
  html,
  json,
  networkError,
  never,
  refused,
  rejection,
  type Step,
  scriptedOnSync,
} from "../../../testing/scripted.ts";

/** What a read of a contact ends in, in one attempt. */
function read(step: Step) {
  return rejection(scriptedOnSync([step], { maxAttempts: 1 }).onsync.contacts.get("contact_1"));
}

describe("a call without an answer", () => {
  test("is a ConnectionError where the connection was refused: nothing reached OnSync", async () => {
    expect(await read(networkError("ECONNREFUSED", "connect"))).toMatchObject({
      name: "ConnectionError",
      sent: false,
      retryable: true,
      message: "OnSync could not be reached for GET /contacts/contact_1 (ECONNREFUSED)",
      advice: "Check the base URL and the network and try again: nothing reached OnSync.",
    });
  });

  test("is a ConnectionError where the connection was reset: the request may have reached OnSync", async () => {
    expect(await read(networkError("ECONNRESET"))).toMatchObject({
      name: "ConnectionError",
      sent: "unknown",
      message: "The connection broke before OnSync's answer to GET /contacts/contact_1 came (ECONNRESET)",
    });
  });

  test("is a TimeoutError where the deadline passes", async () => {
    expect(await read(never)).toMatchObject({ name: "TimeoutError", sent: "unknown", retryable: true });
  });

  test.each([
    ["an extension that is not served", refused(404, "unknown_endpoint")],
    ["an extension behind a gateway's 404", html(404)],
    ["an extension whose path has other methods", refused(405, "method_not_allowed")],
  ])("%s", async (_what, step) => {
    const error = await rejection(scriptedOnSync([step]).onsync.contacts.list());
    expect(error).toMatchObject({
      name: "ExtensionUnavailableError",
      extension: "GET /contacts",
      message: expect.stringContaining("This OnSync has no contact search"),
      advice: "Look contacts up by their contact id: nothing else is possible here.",
    });
  });
});
describe("a success that cannot be used", () => {
  test.each([
    ["no JSON", { status: 200, headers: {}, text: "<html>" }, "it is not a JSON object"],
    ["nothing", { status: 204, headers: {}, text: "" }, "it is not a JSON object"],
    ["a list", { status: 200, headers: {}, text: "[]" }, "it is not a JSON object"],
    ["no id", json(200, { firstName: "Sara" }), "it has no id"],
    ["an empty id", json(200, { id: "" }), "it has no id"],
  ])("%s", async (_what, step, message) => {
    const error = await read(step);
    expect(error).toMatchObject({ name: "ServerError", code: "unusable_answer", status: step.status, retryable: true });
    expect((error as Error).message).toContain(message);
  });

  test("an id that is a number can be used", async () => {
    expect(await scriptedOnSync([json(200, { id: 7 })]).onsync.contacts.get("7")).toMatchObject({ id: 7 });
  });

  test("a list without data is a ServerError", async () => {
    const { onsync } = scriptedOnSync([json(200, { data: {} })], { maxAttempts: 1 });
    expect(await rejection(onsync.webhooks.list())).toMatchObject({
      message: expect.stringContaining("has no data list"),
    });
  });

  test("a body that broke off is a ConnectionError, unless all of it is there", async () => {
    const incomplete = new Error("terminated");
    expect(
      await read({ status: 200, headers: { "x-request-id": "req_h" }, text: '{"id":"conta', incomplete }),
    ).toMatchObject({
      name: "ConnectionError",
      sent: "unknown",
      requestId: "req_h",
      message: "OnSync's answer to GET /contacts/contact_1 (200) broke off before its end",
    });
    const { onsync } = scriptedOnSync([{ ...json(200, { id: "contact_1" }), incomplete }]);
    expect(await onsync.contacts.get("contact_1")).toMatchObject({ id: "contact_1" });
  });

  test("what is none of a removal's ends is an error, and an empty one is none", async () => {
    const remove = (step: Step) => scriptedOnSync([step], { maxAttempts: 1 }).onsync.webhooks.delete("wh_1");
    const incomplete = Object.assign(new Error("read"), { code: "ECONNRESET" });
    expect(await remove({ status: 200, headers: {}, text: " \n" })).toMatchObject({ id: "wh_1", deleted: true });
    expect(await rejection(remove({ status: 200, headers: {}, text: "", incomplete }))).toMatchObject({
      name: "ConnectionError",
      cause: { code: "ECONNRESET" },
    });
    expect(await rejection(remove({ status: 200, headers: {}, text: "gone" }))).toMatchObject({
      code: "unusable_answer",
    });
  });

  test("a request id and a time that are no texts are filled in", async () => {
    const headers = { "x-request-id": "req_h", date: "Sun, 01 Dec 2024 12:00:00 GMT" };
    const text = JSON.stringify({ id: "contact_1", requestId: 7, timestamp: 1_733_047_200_000 });
    expect(await scriptedOnSync([{ status: 200, headers, text }]).onsync.contacts.get("contact_1")).toMatchObject({
      requestId: "req_h",
      timestamp: "2024-12-01T12:00:00.000Z",
    });
  });
});
