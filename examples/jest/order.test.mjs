// The same with Jest, which runs ES modules with NODE_OPTIONS=--experimental-vm-modules.
import { afterAll, expect, test } from "@jest/globals";
import { createOnSync, fetchTransport } from "onsync";
import { createReference } from "onsync-reference";

const reference = createReference();
afterAll(() => reference.close());
const onsync = createOnSync({
  apiKey: reference.key,
  baseUrl: "http://localhost/v1",
  transport: fetchTransport(reference.fetch),
});
test("a customer who has written can be answered", async () => {
  await reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Where is my order?" });
  const sent = await onsync.messages.send({
    platform: "whatsapp",
    to: "+971500000000",
    messageType: "text",
    content: "On its way.",
  });
  expect(sent.status).toBe("queued");
});
test("a customer who has not is answered by a template alone", async () => {
  const message = { platform: "whatsapp", to: "+971500000001", messageType: "text", content: "Hello" };
  await expect(onsync.messages.send(message)).rejects.toMatchObject({ name: "WindowClosedError" });
});
