/** What a failed call tells: what happened, whether it may be repeated, and the call that leads on. */
import { describe, expect, test } from "@jest/globals";
import {
  ConnectionError,
  DuplicateError,
  ExtensionUnavailableError,
  PermissionError,
  RateLimitError,
  ServerError,
  UnknownOutcomeError,
  WindowClosedError,
} from "../../../src/client/errors/index.ts";
import { connect, everyToolset, scripted } from "../session.ts";

const conversationId = "whatsapp:+971500000000";

function failing(error: unknown) {
  const fail = async () => {
    throw error;
  };
  return scripted({
    messages: { send: fail, list: fail },
    contacts: { save: fail, get: fail, list: fail },
    templates: { list: fail },
    webhooks: { create: fail },
  });
}

const text = { platform: "whatsapp", to: "+971500000000", content: "Hi" };

const api = { method: "POST", path: "/messaging/send", requestId: "req_1" };

test.each([
  [
    "window closed",
    new WindowClosedError("closed", {
      ...api,
      status: 400,
      code: "outside_messaging_window",
      window: { open: false, lastInboundAt: null, expiredAt: "2024-11-30T10:00:00.000Z", requiresTemplate: true },
    }),
    "send_message",
    text,
    [
      "400 outside_messaging_window",
      "Nothing was sent",
      "list_templates, then send_template",
      "closed since 2024-11-30",
      "would fail again",
      "req_1",
    ],
    { retry: "after_change", code: "outside_messaging_window", requestId: "req_1" },
  ],
  [
    "duplicate",
    new DuplicateError("dup", { ...api, status: 409, code: "duplicate", contactIds: ["contact_1", "contact_2"] }),
    "save_contact",
    { phone: "+971500000000" },
    ["Next: update_contact with contactId contact_1, or with contact_2"],
    { retry: "after_change", code: "duplicate" },
  ],
  [
    "rate limit",
    new RateLimitError("slow", {
      ...api,
      status: 429,
      code: "rate_limited",
      retryAfterMs: 41_200,
      limit: 1000,
      remaining: 0,
      resetAt: null,
    }),
    "get_contact",
    { contactId: "contact_1" },
    ["Next: the same call in 42 seconds", "Calling again is safe"],
    { retry: "safe", code: "rate_limited" },
  ],
  [
    "scope",
    new PermissionError("no", { ...api, status: 403, code: "insufficient_scope", scope: "read:contacts" }),
    "get_contact",
    { contactId: "contact_1" },
    ["grant it read:contacts", "tell the person"],
    { retry: "after_change", code: "insufficient_scope" },
  ],
  [
    "unknown outcome",
    new UnknownOutcomeError("?", { clientReference: "ref_1", conversationId }),
    "send_message",
    text,
    ["Do not repeat it before you have looked", `list_messages with conversationId ${conversationId}`],
    { retry: "look_first", code: "unknown_outcome" },
  ],
  [
    "no extension",
    new ExtensionUnavailableError("none", { extension: "GET /contacts", advice: "Search by id." }),
    "find_contacts",
    { query: "sara" },
    ["Search by id.", "get_contact", "save_contact"],
    { retry: "after_change", code: "extension_unavailable" },
  ],
  [
    "server error of a read",
    new ServerError("boom", { ...api, status: 503, code: "unavailable" }),
    "list_messages",
    { conversationId },
    ["503 unavailable", "Calling again is safe"],
    { retry: "safe", code: "unavailable" },
  ],
  [
    "connection lost while a webhook was made",
    new ConnectionError("lost", { sent: "unknown" }),
    "create_webhook",
    { url: "https://example.com/", events: ["message.created"] },
    ["Do not repeat it before you have looked"],
    { retry: "look_first", code: "connection" },
  ],
] as const)("says what to do after: %s", async (_case, error, tool, args, parts, facts) => {
  if (error instanceof WindowClosedError) error.outcome = "not_sent";
  await using session = await connect({ onsync: failing(error), safety: everyToolset });
  const answer = await session.call(tool, { ...args } as Record<string, unknown>);
  expect(answer.isError).toBe(true);
  for (const part of parts) expect(answer.text).toContain(part);
  expect(answer.error).toMatchObject(facts);
});

test("a send that certainly was not made may be made again", async () => {
  const error = new ConnectionError("refused", { sent: false });
  error.outcome = "not_sent";
  await using session = await connect({ onsync: failing(error), safety: everyToolset });
  const answer = await session.call("send_message", text);
  expect(answer.text).toContain("Nothing was sent.");
  expect(answer.error?.retry).toBe("safe");
});

test("the message of an unexpected error stays in the log", async () => {
  const logged: Record<string, unknown>[] = [];
  await using session = await connect({
    onsync: failing(new TypeError("secret onsync_pk_live_abc at /home/x.ts:1")),
    log: (_level, _message, fields) => logged.push(fields),
  });
  const answer = await session.call("get_contact", { contactId: "contact_1" });
  expect(answer.isError).toBe(true);
  expect(answer.text).not.toMatch(/secret|onsync_pk|\.ts/);
  expect(logged).toMatchObject([{ tool: "get_contact", ms: expect.any(Number), err: expect.any(TypeError) }]);
});

describe("wrong arguments", () => {
  test.each([
    ["an unknown one", "find_contacts", { name: "Sara" }, 'no argument "name"', "phone, email, externalId, query"],
    [
      "none where one is needed",
      "send_message",
      { content: "Hi" },
      "give conversationId, or platform and to",
      "validation_failed",
    ],
    ["a wrong value", "send_message", { ...text, platform: "sms" }, "platform", "whatsapp"],
    ["a missing one", "send_message", { platform: "whatsapp", to: "+971500000000" }, "content", "validation_failed"],
    ["a wrong detail", "list_messages", { conversationId, detail: "all" }, 'detail must be "concise" or "full"', ""],
    ["a limit too large", "list_messages", { conversationId, limit: 500 }, "limit", "100"],
  ])("are refused with the way to correct them: %s", async (_case, tool, args, ...parts) => {
    await using session = await connect({ onsync: scripted({}) });
    const answer = await session.call(tool, args);
    expect(answer.isError).toBe(true);
    for (const part of parts) expect(answer.text).toContain(part);
    expect(answer.text).toContain("do not repeat it unchanged");
  });

  test("an unknown tool is refused, with the names of those there are", async () => {
    await using session = await connect({ onsync: scripted({}) });
    const answer = await session.call("delete_everything");
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain("get_account, find_contacts");
  });
});

test("wait_for_events says where no receiver runs", async () => {
  await using session = await connect({ onsync: scripted({}) });
  const answer = await session.call("wait_for_events", { timeoutSeconds: 0 });
  expect(answer.isError).toBe(true);
  expect(answer.text).not.toContain("internal");
});
