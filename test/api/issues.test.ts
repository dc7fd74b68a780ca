import { describe, expect, test } from "@jest/globals";
import type * as z from "zod";
import {
  ContactInput,
  ContactPatch,
  describeDetail,
  eventTypes,
  HistoryQuery,
  MessageInput,
  toErrorDetails,
  WebhookInput,
} from "../../src/api/index.ts";

function sentences(schema: z.ZodType, input: unknown): string[] {
  const parsed = schema.safeParse(input);
  return parsed.success ? [] : toErrorDetails(parsed.error, input).map((detail) => describeDetail(detail));
}

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" };

describe("findings name the field and the fix", () => {
  test.each<[string, z.ZodType, unknown, string[]]>([
    [
      "an unknown field",
      ContactInput,
      { phone: "+971500000000", fistName: "S" },
      ["fistName: is not a known field: remove it or correct its name"],
    ],
    [
      "no identifier",
      ContactInput,
      { firstName: "Sara" },
      ["phone: give at least one of phone, email and properties.externalId: OnSync finds contacts by them"],
    ],
    [
      "a wrong phone",
      ContactInput,
      { phone: "0500000000" },
      ["phone: must be a phone number in E.164 form, such as +971500000000"],
    ],
    [
      "a wrong e-mail",
      ContactInput,
      { email: "sara@" },
      ["email: must be an e-mail address, such as sara@example.com"],
    ],
    [
      "a number for a text",
      ContactInput,
      { phone: "+971500000000", firstName: 5 },
      ["firstName: must be a string, not a number"],
    ],
    [
      "null where PATCH alone takes it",
      ContactInput,
      { phone: "+971500000000", firstName: null },
      ["firstName: must be a string, not null"],
    ],
    [
      "a nested property",
      ContactInput,
      { phone: "+971500000000", properties: { a: {} } },
      ["properties.a: must be a string, or a number, or true or false"],
    ],
    [
      "a channel",
      ContactInput,
      { phone: "+971500000000", channel: "fax" },
      ["channel: must be one of whatsapp, instagram, facebook, telegram"],
    ],
    [
      "an empty property",
      ContactPatch,
      { properties: { externalId: "" } },
      ["properties.externalId: must not be empty"],
    ],
    ["no message type", MessageInput, {}, ["messageType: must be one of text, template"]],
    ["an empty text", MessageInput, { ...text, content: "" }, ["content: must not be empty"]],
    ["a missing text", MessageInput, { ...text, content: undefined }, ["content: is required: a string"]],
    ["a long text", MessageInput, { ...text, content: "x".repeat(4097) }, ["content: must be at most 4096 characters"]],
    [
      "an address on WhatsApp",
      MessageInput,
      { ...text, to: "sara" },
      ["to: on WhatsApp, to must be a phone number in E.164 form, such as +971500000000"],
    ],
    [
      "a template elsewhere",
      MessageInput,
      {
        platform: "telegram",
        to: "sara",
        messageType: "template",
        metadata: { template: { name: "a", language: "en" } },
      },
      ["platform: templates are sent on whatsapp only"],
    ],
    ["a page size", HistoryQuery, { limit: 101 }, ["limit: must be at most 100"]],
    [
      "a time",
      HistoryQuery,
      { before: "yesterday" },
      [
        "before: must be an ISO 8601 time with a zone, such as 2024-12-01T11:00:00Z (write a + in a query string as %2B)",
      ],
    ],
    [
      "an event",
      WebhookInput,
      { url: "https://example.com", events: ["message.sent"] },
      [`events.0: must be one of ${eventTypes.join(", ")}`],
    ],
    ["no event", WebhookInput, { url: "https://example.com", events: [] }, ["events: name at least one event"]],
    ["a body that is no object", ContactInput, [], ["the body: must be an object, not an array"]],
  ])("%s", (_what, schema, input, expected) => {
    expect(sentences(schema, input)).toEqual(expected);
  });

  test("emoji count once: 4096 of them are one message", () => {
    expect(sentences(MessageInput, { ...text, content: "👋".repeat(4096) })).toEqual([]);
    expect(sentences(MessageInput, { ...text, content: "👋".repeat(4097) })).toHaveLength(1);
  });
});
