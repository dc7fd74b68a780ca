/** What Zapier shows of an error, and what it does. */
import { expect, test } from "@jest/globals";
import { startZap } from "../harness.ts";
import {
  addFault,
  bundle,
  expectNoSecrets,
  failToRead,
  failToSave,
  failToSend,
  phone,
  secret,
  startForEachTest,
  zap,
} from "./failing-steps.ts";

startForEachTest();

test("a 401 asks to reconnect", async () => {
  await addFault({ status: 401, path: "/v1/contacts" });
  for (const shown of [await failToRead(), await failToSave()]) {
    expect(shown.name).toBe("ExpiredAuthError");
    expect(shown.text).toMatch(
      /^The API key is missing, wrong or revoked\. .+ reconnect OnSync with it\. \(request id req_/,
    );
    expectNoSecrets(shown);
  }
});

test("a 403 names the permission and where to grant it", async () => {
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

test("input that cannot be taken is named by the field's label before a request is spent", async () => {
  const shown = await zap.failure("creates.save_contact.operation.perform", bundle({ phone: "0500", email: "x" }));
  expect(shown).toEqual({
    name: "HaltedError",
    text: "OnSync cannot take this. Phone: must be a phone number in E.164 form, such as +971500000000; Email: must be an e-mail address, such as sara@example.com.",
  });
  expect(zap.logs.join("")).not.toContain("/contacts");
});

test("a 400 from the API names the field by its label", async () => {
  await addFault({
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
  const shown = await failToSave();
  expect(shown.text).toBe("OnSync cannot take this. Phone: is on the deny list [secret]. (request id req_1)");
  expectNoSecrets(shown);
});

test("a blank required field is named", async () => {
  const shown = await zap.failure("creates.send_message.operation.perform", {
    inputData: { platform: "telegram", to: "sara", content: "" },
  });
  expect(shown).toMatchObject({ name: "HaltedError" });
  expect(shown.text).toContain("Message: ");
});

test("outside the 24-hour window it names the action to use instead", async () => {
  const shown = await zap.failure(
    "creates.send_message.operation.perform",
    bundle({ platform: "whatsapp", to: phone, content: "Hi" }),
  );
  expect(shown).toMatchObject({
    name: "HaltedError",
    text: expect.stringContaining(
      "Use the Send WhatsApp Template action, or choose Send a Template Instead in this step.",
    ),
  });
  expectNoSecrets(shown);
});

test("a 409 names the contacts, and the action to use instead", async () => {
  const one = await zap.create("save_contact", { phone });
  const other = await zap.create("save_contact", { email: "sara@example.com" });
  const shown = await zap.failure(
    "creates.save_contact.operation.perform",
    bundle({ phone, email: "sara@example.com" }),
  );
  expect(shown).toMatchObject({ name: "HaltedError" });
  for (const part of ["Nothing was changed", String(one.id), String(other.id), "Update Contact action"])
    expect(shown.text).toContain(part);
});

test("a 404 says to check the id", async () => {
  const shown = await zap.failure(
    "creates.add_tags.operation.perform",
    bundle({ contactId: "contact_x", tags: ["a"] }),
  );
  expect(shown).toMatchObject({ name: "HaltedError" });
  expect(shown.text).toContain("Check the id");
});

test.each([
  ["seconds", () => "600", 600, 600],
  ["a date", () => new Date(Date.now() + 600_000).toUTCString(), 590, 600],
])("a 429 with Retry-After in %s holds the Zap up for that long", async (_form, retryAfter, least, most) => {
  await addFault({ status: 429, headers: { "Retry-After": retryAfter() } });
  for (const shown of [await failToRead(), await failToSave(), await failToSend()]) {
    expect(shown.name).toBe("ThrottledError");
    expect(shown.delay).toBeGreaterThanOrEqual(least);
    expect(shown.delay).toBeLessThanOrEqual(most);
    expect(shown.text).toMatch(/^OnSync's hourly request limit is spent\. Zapier tries again in (59\d|600) seconds\./);
    expectNoSecrets(shown);
  }
});

test("a missing extension is named with what still works", async () => {
  const plain = await startZap({ extensions: false });
  const shown = await plain.failure("searches.find_contact.operation.perform", { inputData: { phone } });
  expect(shown.text).toContain("What still works: choose the contact in the Contact field");
  const contact = await plain.create("save_contact", { phone });
  expect(await plain.search("find_contact", { contactId: contact.id })).toMatchObject([{ id: contact.id, phone }]);
  await plain.close();
});
