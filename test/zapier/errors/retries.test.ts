/** Faults that come once or stay: what is tried again, and what a person is told. */
import { expect, test } from "@jest/globals";
import type { FaultInput } from "../../../reference/index.ts";
import {
  addFault,
  countMessages,
  expectNoSecrets,
  failToRead,
  failToSave,
  failToSend,
  phone,
  startForEachTest,
  zap,
} from "./failing-steps.ts";

startForEachTest();

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
])("after %s, once, a read and an upsert go on", async (_name, input) => {
  await addFault({ ...input, path: "/v1/contacts", times: 1 });
  await expect(zap.search("find_contact", { phone })).resolves.toEqual([]);
  await zap.reference.control.faults.clear();
  await addFault({ ...input, path: "/v1/contacts", times: 1 });
  await expect(zap.create("save_contact", { phone })).resolves.toMatchObject({ phone });
});

test.each<[string, FaultInput]>([
  ["reset", { kind: "reset" }],
  ["truncated body", { kind: "truncate" }],
  ["malformed JSON", { kind: "malformed" }],
  ["HTML 502", htmlError],
  ["503", { status: 503 }],
  ["dropped response", { kind: "drop_response" }],
])("with %s for good, a read and an upsert say so", async (_name, input) => {
  await addFault({ ...input, path: "/v1/contacts" });
  for (const shown of [await failToRead(), await failToSave()]) {
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
])("after %s a send that was done is found, and there is one message", async (_name, input) => {
  await addFault({ ...input, path: "/v1/messaging/send", times: 1 });
  const message = await zap.create("send_message", { platform: "telegram", to: "sara", content: "Hi" });
  expect(message).toMatchObject({ content: "Hi", direction: "outbound" });
  expect(await countMessages()).toBe(1);
});

test("a send that OnSync itself answered with a 503 may have been sent: it is not made again, and halts", async () => {
  await addFault({ status: 503, path: "/v1/messaging/send" });
  await addFault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
  const shown = await failToSend();
  expect(shown).toMatchObject({
    name: "HaltedError",
    text: expect.stringMatching(/^The message may have been sent: /),
  });
  expectNoSecrets(shown);
});
