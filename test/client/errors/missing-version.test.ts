/** A base URL without a version is named as the fault, where it can be one. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { createOnSync, fetchTransport, type OnSync } from "../../../src/client/index.ts";
import { html, json, rejection, scripted } from "../../../testing/scripted.ts";
import { findChecks, listChecks } from "../../cli/doctor/examined.ts";

let reference: Reference;
beforeAll(() => {
  reference = createReference();
});
afterAll(() => reference.close());

function connect(baseUrl: string): OnSync {
  const transport = fetchTransport((request) => reference.fetch(request));
  return createOnSync({ apiKey: reference.key, baseUrl, transport });
}

function answerWith(baseUrl: string, ...answers: ReturnType<typeof json>[]): OnSync {
  return createOnSync({ apiKey: "onsync_pk_test_key", baseUrl, transport: scripted(...answers), maxAttempts: 1 });
}

const sentence =
  "Check the base URL http://127.0.0.1: it has no version, and OnSync's API is below /v1, so write http://127.0.0.1/v1";

describe("a base URL without a version", () => {
  test("is the advice of what is not found", async () => {
    const error = await rejection(connect("http://127.0.0.1/").contacts.get("contact_1"));
    expect(error).toMatchObject({ name: "NotFoundError", advice: `${sentence}.` });
  });

  test("comes before the advice of an extension that seems to be missing", async () => {
    const error = await rejection(connect("http://127.0.0.1").contacts.list());
    expect(error).toMatchObject({
      name: "ExtensionUnavailableError",
      advice: `${sentence}. If it is right: Look contacts up by their contact id: nothing else is possible here.`,
    });
  });

  test("is the advice where a site answers in the place of the API", async () => {
    const site = { ...html(200), text: "<html>Welcome</html>" };
    const error = await rejection(answerWith("https://onsync.example.com", site).contacts.get("contact_1"));
    expect(error).toMatchObject({
      code: "unusable_answer",
      advice: expect.stringContaining("so write https://onsync.example.com/v1; if it is right, write to support@"),
    });
  });

  test("is what onsync doctor finds", async () => {
    expect(findChecks(await listChecks(connect("http://127.0.0.1")), "API")).toEqual([
      expect.objectContaining({ status: "failed", advice: `${sentence}.` }),
    ]);
  });
});

describe("the base URL is not suspected", () => {
  test.each(["http://127.0.0.1/v1", "http://127.0.0.1/v1/"])("at %s, where an object is not there", async (baseUrl) => {
    const error = await rejection(connect(baseUrl).contacts.get("contact_1"));
    expect(error).toMatchObject({ name: "NotFoundError", advice: expect.stringMatching(/^Check the id: /) });
  });

  test("at a gateway that has no version in its address, where the API itself says that an object is not there", async () => {
    const body = { error: { code: "not_found", message: "There is no such contact." }, requestId: "req_1" };
    const gateway = answerWith("https://gateway.example.com/onsync", json(404, body));
    const error = await rejection(gateway.contacts.get("contact_1"));
    expect(error).toMatchObject({ name: "NotFoundError", advice: expect.stringMatching(/^Check the id: /) });
  });

  test("where its version is not at the end", async () => {
    const error = await rejection(answerWith("https://gateway.example.com/v2/onsync", html(404)).contacts.get("c"));
    expect(error).toMatchObject({ advice: expect.stringMatching(/^Check the id: /) });
  });
});
