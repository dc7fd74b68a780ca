/** Contacts, messages and conversations as a Zap sees them: flat, with the same keys every time. */
export { contactRecord, savedContactRecord, taggedContactRecord } from "./contact.ts";
export { conversationRecord, foundConversationRecord, foundConversationSample } from "./conversation.ts";
export { messageRecord, sentMessageRecord, windowAwareMessageRecord } from "./message.ts";
export { messagingWindowRecord, messagingWindowSample } from "./messaging-window.ts";
export { transcriptRecord, transcriptSample } from "./transcript.ts";
