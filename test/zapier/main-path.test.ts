/** The main path through the app as Zapier runs it: save a contact, send a template, read the history. */
import { expect, test } from "@jest/globals";
import { startZap } from "./harness.ts";

test.each([true, false])(
  "a contact is saved, a template sent to it, and the message found; with extensions: %s",
  async (extensions) => {
    const zap = await startZap({ extensions });
    try {
      const contact = await zap.create("save_contact", { firstName: "Sara", phone: "+971500000000", tags: ["lead"] });
      expect(contact).toMatchObject({ id: expect.stringMatching(/^contact_/), phone: "+971500000000" });

      const templateInput = { to: "+971500000000", template: "order_follow_up", language: "en", parameters: ["Sara"] };
      const sent = await zap.create("send_template", templateInput);
      expect(sent).toMatchObject({ id: expect.stringMatching(/^msg_/), type: "template" });

      const found = await zap.search("find_messages", { conversationId: "whatsapp:+971500000000" });
      expect(found.map(({ id }) => id)).toEqual([sent.id]);
    } finally {
      await zap.close();
    }
  },
);
