import { describe, expect, test } from "@jest/globals";
import { sampleEvent } from "../../../src/api/index.ts";
import { parseEvent, signPayload } from "../../../src/webhooks/index.ts";

const secret = "whsec_test";
const body = JSON.stringify(sampleEvent("message.created"));

describe("parseEvent", () => {
  test("gives the event of a delivery that verifies, from text or bytes", () => {
    expect(parseEvent(body, signPayload(body, secret), secret)).toEqual(sampleEvent("message.created"));
    expect(parseEvent(Buffer.from(body), signPayload(body, secret), ["whsec_new", secret])).toEqual(
      sampleEvent("message.created"),
    );
  });

  test("passes unknown keys and event types on", () => {
    const text = JSON.stringify({ ...sampleEvent("message.created"), type: "message.reacted", extra: 1 });
    expect(parseEvent(text, signPayload(text, secret), secret)).toMatchObject({ type: "message.reacted", extra: 1 });
  });

  test.each([
    ["a forged body", body.replace("evt_", "evt_x"), signPayload(body, secret), "does not verify"],
    ["another secret's signature", body, signPayload(body, "other"), "does not verify"],
    ["no signature", body, undefined, "header is missing"],
  ])("refuses %s", (_what, text, header, message) => {
    expect(() => parseEvent(text, header, secret)).toThrow(
      expect.objectContaining({ name: "SignatureError", message: expect.stringContaining(message) }),
    );
  });

  test("names the usual mistake of a pasted secret", () => {
    expect(() => parseEvent(body, signPayload(body, secret), `${secret}\n`)).toThrow("white space");
  });

  test.each([
    ["text that is no JSON", "hello", "is not JSON"],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "is not JSON"],
    ["null", "null", "has no id"],
    ["no type", '{"id":"evt_1"}', "has no type"],
    ["no data", '{"id":"evt_1","type":"contact.created","createdAt":"2024-12-01T10:00:00.000Z"}', "has no data"],
  ])("tells %s apart from a forgery", (_what, text, message) => {
    expect(() => parseEvent(text, signPayload(text, secret), secret)).toThrow(
      expect.objectContaining({ name: "MalformedEventError", message: expect.stringContaining(message) }),
    );
  });
});
