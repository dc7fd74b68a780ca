import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import zapier from "zapier-platform-core";
import App from "../../index.ts";
import { type Row, startZap, type Zap } from "./harness.ts";

const handler = (
  zapier as unknown as { createAppHandler: (app: object) => (event: object) => Promise<{ results: unknown[] }> }
).createAppHandler(App);

describe("the app", () => {
  test("is valid for the platform", async () => {
    // After 250 runs the platform ends a process that takes more than 450 MB, as one that has run many files may.
    const usage = { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
    jest.spyOn(process, "memoryUsage").mockReturnValue(usage);
    const { results } = await handler({ command: "validate", calledFromCli: true });
    expect(results).toEqual([]);
  });

  test("has the keys that Zaps hold on to, in the order in which Zapier lists them", () => {
    /** What came later stands beside them: `test/faces.test.ts` says that nothing else is there. */
    const held = (keys: string[], promised: string[]) =>
      expect(keys.filter((key) => promised.includes(key))).toEqual(promised);
    const visible = Object.values(App.triggers ?? {}).filter(({ display }) => !display.hidden);
    held(
      visible.map(({ key }) => key),
      [
        "message_created",
        "message_updated",
        "conversation_assigned",
        "conversation_resolved",
        "contact_created",
        "contact_updated",
      ],
    );
    held(Object.keys(App.creates ?? {}), [
      "save_contact",
      "update_contact",
      "add_tags",
      "remove_tags",
      "send_message",
      "send_template",
    ]);
    held(Object.keys(App.searches ?? {}), ["find_contact", "find_messages", "find_conversation"]);
    expect(App.searchOrCreates?.find_contact).toMatchObject({ search: "find_contact", create: "save_contact" });
    expect(App.authentication?.fields?.map(({ key }) => key)).toEqual(["api_key", "default_country", "base_url"]);
  });
});

describe("the main path, against the reference API", () => {
  let zap: Zap;
  beforeAll(async () => {
    zap = await startZap();
  });
  afterAll(() => zap.close());

  test("save a contact, send a template, find the messages", async () => {
    const contact = await zap.create("save_contact", { firstName: "Sara", phone: "+971 50 000 0000" });
    expect(contact).toMatchObject({ name: "Sara", phone: "+971500000000", created: true });

    const message = await zap.create("send_template", {
      to: "+971500000000",
      template: "order_follow_up",
      language: "en",
      parameters: ["Sara"],
    });
    expect(message).toMatchObject({ type: "template", templateName: "order_follow_up", direction: "outbound" });

    const found: Row[] = await zap.search("find_messages", { conversationId: message.conversationId });
    expect(found.map(({ id }) => id)).toEqual([message.id]);
  });
});
