import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { FaultInput } from "../../reference/index.ts";
import { type Shown, startZap, type Zap } from "./harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const secret = "whsec_of_the_subscription";

/** Everything secret that a bundle can hold is in it, so that an error which carries the bundle is noticed. */
function bundle(inputData: Record<string, unknown>) {
  return { inputData, subscribeData: { id: "wh_1", secret } };
}

function read() {
  return zap.failure("searches.find_contact.operation.perform", bundle({ phone }));
}

function upsert() {
  return zap.failure("creates.save_contact.operation.perform", bundle({ phone, firstName: "Sara" }));
}

function send() {
  return zap.failure(
    "creates.send_message.operation.perform",
    bundle({ platform: "telegram", to: "sara", content: "Hi" }),
  );
}

function fault(input: FaultInput) {
  return zap.reference.control.faults.add(input);
}

async function messages() {
  return (await zap.search("find_messages", { conversationId: "telegram:sara" })).length;
}

function expectNoSecrets(...shown: Shown[]) {
  const everything = JSON.stringify(shown) + zap.logs.join("\n");
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain(zap.reference.key);
  expect(JSON.stringify(shown)).not.toContain("What happened");
}

describe("what Zapier shows and does", () => {
  test("401: reconnect", async () => {
    await fault({ status: 401, path: "/v1/contacts" });
    for (const shown of [await read(), await upsert()]) {
      expect(shown.name).toBe("ExpiredAuthError");
      expect(shown.text).toMatch(
        /^The API key is missing, wrong or revoked\. .+ reconnect OnSync with it\. \(request id req_/,
      );
      expectNoSecrets(shown);
    }
  });

  test("403: the permission and where to grant it", async () => {
    const { key } = await zap.reference.control.createKey({ scopes: ["read:contacts"] });
    const shown = await zap.failure("creates.save_contact.operation.perform", {
      ...bundle({ phone }),
      authData: { api_key: key, base_url: zap.url },
    });
    expect(shown).toEqual({
      name: "AppError",
      text: expect.stringMatching(
        /^The API key lacks a permission: write:contacts\. Edit the key under Settings → API & Webhooks in OnSync, grant it write:contacts, and run the Zap again\. \(request id req_\w+\)$/,
      ),
      code: "insufficient_scope",
      status: 403,
    });
    expectNoSecrets(shown);
  });

  test("400: the field by its label, found before a request is spent", async () => {
    const shown = await zap.failure("creates.save_contact.operation.perform", bundle({ phone: "0500", email: "x" }));
    expect(shown).toEqual({
      name: "AppError",
      text: "OnSync cannot take this. Phone: must be a phone number in E.164 form, such as +971500000000; Email: must be an e-mail address, such as sara@example.com.",
      code: "validation_failed",
      status: 400,
    });
    expect(zap.logs.join("")).not.toContain("/contacts");
  });

  test("400 from the API: the field by its label", async () => {
    await fault({
      status: 400,
      path: "/v1/contacts",
      body: {
        error: {
          code: "validation_failed",
          message: "phone is on the deny list",
          details: [{ path: ["phone"], code: "custom", message: `is on the deny list ${secret}` }],
        },
        requestId: "req_1",
        timestamp: "2024-12-01T10:00:00.000Z",
      },
    });
    const shown = await upsert();
    expect(shown.text).toBe("OnSync cannot take this. Phone: is on the deny list [secret]. (request id req_1)");
    expectNoSecrets(shown);
  });

  test("a blank required field is named", async () => {
    const shown = await zap.failure("creates.send_message.operation.perform", {
      inputData: { platform: "telegram", to: "sara", content: "" },
    });
    expect(shown).toMatchObject({ name: "AppError", code: "validation_failed" });
    expect(shown.text).toContain("Message: ");
  });

  test("outside the 24-hour window: the action to use instead", async () => {
    const shown = await zap.failure(
      "creates.send_message.operation.perform",
      bundle({ platform: "whatsapp", to: phone, content: "Hi" }),
    );
    expect(shown).toMatchObject({
      name: "AppError",
      text: expect.stringContaining("Use the Send WhatsApp Template action instead."),
      code: "outside_messaging_window",
      status: 400,
    });
    expectNoSecrets(shown);
  });

  test("409: the contacts, and the action to use instead", async () => {
    const one = await zap.create("save_contact", { phone });
    const other = await zap.create("save_contact", { email: "sara@example.com" });
    const shown = await zap.failure(
      "creates.save_contact.operation.perform",
      bundle({ phone, email: "sara@example.com" }),
    );
    expect(shown).toMatchObject({ name: "AppError", code: "duplicate", status: 409 });
    for (const part of ["Nothing was changed", String(one.id), String(other.id), "Update Contact action"])
      expect(shown.text).toContain(part);
  });

  test("404: check the id", async () => {
    const shown = await zap.failure(
      "creates.add_tags.operation.perform",
      bundle({ contactId: "contact_x", tags: ["a"] }),
    );
    expect(shown).toMatchObject({ name: "AppError", code: "not_found", status: 404 });
    expect(shown.text).toContain("Check the id");
  });

  test.each([
    ["seconds", () => "600", 600, 600],
    ["a date", () => new Date(Date.now() + 600_000).toUTCString(), 590, 600],
  ])("429 with Retry-After in %s: throttled for that long", async (_form, retryAfter, least, most) => {
    await fault({ status: 429, headers: { "Retry-After": retryAfter() } });
    for (const shown of [await read(), await upsert(), await send()]) {
      expect(shown.name).toBe("ThrottledError");
      expect(shown.delay).toBeGreaterThanOrEqual(least);
      expect(shown.delay).toBeLessThanOrEqual(most);
      expect(shown.text).toMatch(
        /^OnSync's hourly request limit is spent\. Zapier tries again in (59\d|600) seconds\./,
      );
      expectNoSecrets(shown);
    }
  });

  test("a missing extension: what still works", async () => {
    const plain = await startZap({ extensions: false });
    const shown = await plain.failure("searches.find_contact.operation.perform", { inputData: { phone } });
    expect(shown.text).toContain("What still works: choose the contact in the Contact field");
    const contact = await plain.create("save_contact", { phone });
    expect(await plain.search("find_contact", { contactId: contact.id })).toMatchObject([{ id: contact.id, phone }]);
    await plain.close();
  });
});

describe("faults on the way", () => {
  const htmlError: FaultInput = {
    status: 502,
    body: "<html>Bad gateway</html>",
    headers: { "content-type": "text/html" },
  };
  test.each<[string, FaultInput]>([
    ["reset", { kind: "reset" }],
    ["truncated body", { kind: "truncate" }],
    ["malformed JSON", { kind: "malformed" }],
    ["HTML 502", htmlError],
    ["503", { status: 503 }],
    ["dropped response", { kind: "drop_response" }],
  ])("%s, once: a read and an upsert go on", async (_name, input) => {
    await fault({ ...input, path: "/v1/contacts", times: 1 });
    await expect(zap.search("find_contact", { phone })).resolves.toEqual([]);
    await zap.reference.control.faults.clear();
    await fault({ ...input, path: "/v1/contacts", times: 1 });
    await expect(zap.create("save_contact", { phone })).resolves.toMatchObject({ phone });
  });

  test.each<[string, FaultInput]>([
    ["reset", { kind: "reset" }],
    ["truncated body", { kind: "truncate" }],
    ["malformed JSON", { kind: "malformed" }],
    ["HTML 502", htmlError],
    ["503", { status: 503 }],
    ["dropped response", { kind: "drop_response" }],
  ])("%s, for good: a read and an upsert say so", async (_name, input) => {
    await fault({ ...input, path: "/v1/contacts" });
    for (const shown of [await read(), await upsert()]) {
      expect(shown.name).toBe("AppError");
      expect(shown.text).toMatch(/[Tt]ry again|support@onsync\.com/);
      expect(shown.text).not.toContain("<html>");
      expectNoSecrets(shown);
    }
  });

  test.each<[string, FaultInput]>([
    ["reset", { kind: "reset" }],
    ["truncated body", { kind: "truncate" }],
    ["malformed JSON", { kind: "malformed" }],
    ["dropped response", { kind: "drop_response" }],
  ])("%s: a send that was done is found, and there is one message", async (_name, input) => {
    await fault({ ...input, path: "/v1/messaging/send", times: 1 });
    const message = await zap.create("send_message", { platform: "telegram", to: "sara", content: "Hi" });
    expect(message).toMatchObject({ content: "Hi", direction: "outbound" });
    expect(await messages()).toBe(1);
  });

  test("a send that OnSync itself answered with a 503 may have been sent: it is not made again, and halts", async () => {
    await fault({ status: 503, path: "/v1/messaging/send" });
    await fault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
    const shown = await send();
    expect(shown).toMatchObject({
      name: "HaltedError",
      text: expect.stringMatching(/^The message may have been sent: /),
    });
    expectNoSecrets(shown);
  });
});

describe("a send whose outcome is unknown", () => {
  /** The work is done, the answer is lost, and the history cannot be read. */
  const loseTheAnswer = async () => {
    await fault({ kind: "drop_response", path: "/v1/messaging/send", times: 1 });
    await fault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
  };

  test("halts, says what to check, and carries no secret", async () => {
    await loseTheAnswer();
    const shown = await send();
    expect(shown.name).toBe("HaltedError");
    expect(shown.text).toBe(
      "The message may have been sent: OnSync's answer did not arrive. Check the conversation telegram:sara in OnSync. If you replay this run, it looks for that message first and does not send it twice.",
    );
    expectNoSecrets(shown);
  });

  test("a replay finds the message and sends nothing; after that, the same text is a new message", async () => {
    await loseTheAnswer();
    await send();
    const input = { platform: "telegram", to: "sara", content: "Hi" };
    const replayed = await zap.create("send_message", input);
    expect(await messages()).toBe(1);
    expect(await zap.search("find_messages", { conversationId: "telegram:sara" })).toMatchObject([{ id: replayed.id }]);
    expect((await zap.create("send_message", input)).id).not.toBe(replayed.id);
    expect(await messages()).toBe(2);
  });

  test("a replay sends when the message never arrived", async () => {
    await fault({ status: 502, body: "<html>", path: "/v1/messaging/send", times: 1 });
    await fault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
    expect((await send()).name).toBe("HaltedError");
    await zap.create("send_message", { platform: "telegram", to: "sara", content: "Hi" });
    expect(await messages()).toBe(1);
  });

  test("another message meanwhile is not taken for it", async () => {
    await loseTheAnswer();
    await send();
    await zap.create("send_message", { platform: "telegram", to: "sara", content: "Something else" });
    expect(await messages()).toBe(2);
  });

  test("without Zapier's cache nothing is promised", async () => {
    await loseTheAnswer();
    zap.cacheOutOfReach = true;
    const shown = await send();
    expect(shown).toMatchObject({
      name: "HaltedError",
      text: expect.stringMatching(/Do not replay this run before you have looked\.$/),
    });
  });

  test("a client reference of the Zap's own sends once, however often it runs", async () => {
    const input = { platform: "telegram", to: "sara", content: "Hi", clientReference: "order-1" };
    const first = await zap.create("send_message", input);
    expect(first).toMatchObject({ clientReference: "order-1" });
    expect((await zap.create("send_message", input)).id).toBe(first.id);
    expect((await zap.create("send_message", { ...input, clientReference: "order-2" })).id).not.toBe(first.id);
    expect(await messages()).toBe(2);
  });
});
