import type { McpOptions } from "../../../mcp/index.ts";
import { samples } from "../../../src/api/index.ts";
import { connect, envelope, scripted } from "../session.ts";

export const conversationId = "whatsapp:+971500000000";

export function now() {
  return Date.parse("2024-12-01T12:00:00.000Z");
}

const message = { ...samples.inboundMessage, content: "Where is my order?" };

export const inbox = {
  messages: { list: async () => ({ data: [message], nextBefore: null, ...envelope }) },
  contacts: { get: async () => ({ ...samples.contactWithActivity, ...envelope }) },
  conversations: {
    list: async () => ({
      data: [
        samples.assignedConversation,
        { ...samples.assignedConversation, id: "telegram:77", contactId: "contact_2" },
      ],
      nextCursor: null,
      ...envelope,
    }),
  },
};

export function serve(options: Partial<McpOptions> = {}) {
  return connect({ onsync: scripted(inbox), now, ...options });
}
