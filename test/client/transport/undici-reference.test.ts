/** The client on the Node transport, against the reference API on a port. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { undiciTransport } from "../../../src/client/transport/undici.ts";
import { rejection } from "../../../testing/scripted.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe("the client over sockets, against the reference API", () => {
  const phone = "+971500000000";
  const pair = async () => {
    const reference = createReference();
    closing.push(() => reference.close());
    const { url } = await reference.listen();
    const transport = undiciTransport();
    closing.push(() => transport.close());
    const onsync = createOnSync({ apiKey: reference.key, baseUrl: url, transport, random: () => 0 });
    return { reference, onsync };
  };

  test("saves and reads a contact, sends a message and finds it in the history", async () => {
    const { onsync, reference } = await pair();
    const contact = await onsync.contacts.save({ phone, firstName: "Sara" });
    expect(await onsync.contacts.get(contact.id)).toMatchObject({ firstName: "Sara" });
    await reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hello" });
    const sent = await onsync.messages.send({ platform: "whatsapp", to: phone, messageType: "text", content: "Hi" });
    const { data } = await onsync.messages.list(`whatsapp:${phone}`);
    expect(data.map(({ id }) => id)).toContain(sent.id);
  });

  test("a server that is gone: not sent", async () => {
    const { onsync, reference } = await pair();
    await reference.close();
    const input = { platform: "telegram", to: "sara", messageType: "text", content: "Hi" } as const;
    expect(await rejection(onsync.messages.send(input))).toMatchObject({
      name: "ConnectionError",
      sent: false,
      outcome: "not_sent",
    });
  });
});
