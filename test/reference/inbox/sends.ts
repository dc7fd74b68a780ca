/** What the tests of messages and conversations send, and when. */
import { start } from "../caller.ts";

export const sara = "+971500000000";
export const text = { platform: "whatsapp", to: sara, messageType: "text", content: "Hi" };
export const template = {
  platform: "whatsapp",
  to: sara,
  messageType: "template",
  metadata: {
    template: {
      name: "order_follow_up",
      language: "en",
      components: [{ type: "body", parameters: [{ type: "text", text: "Sara" }] }],
    },
  },
};
export const history = `/v1/conversations/whatsapp:${sara}/messages`;

export function at(ms: number): string {
  return new Date(start + ms).toISOString();
}
