/** The six events, in the order of the API's documentation ("Webhooks"). */
export const eventTypes = [
  "message.created",
  "message.updated",
  "conversation.assigned",
  "conversation.resolved",
  "contact.created",
  "contact.updated",
] as const;
