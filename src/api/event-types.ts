/** The six events, in the order of docs/onsync-api.txt, "Webhooks". */
export const eventTypes = [
  "message.created",
  "message.updated",
  "conversation.assigned",
  "conversation.resolved",
  "contact.created",
  "contact.updated",
] as const;
