/**
 * What each event carries.
 *
 * Written by scripts/wire from the schemas of src/api. Do not edit: change the schema, and run `npm run wire`.
 */

import type { Contact } from "./contacts.ts";
import type { Conversation } from "./conversations.ts";
import type { Message } from "./messages.ts";

export type EventPayloads = {
  "message.created": Message;
  "message.updated": Message;
  "conversation.assigned": Conversation;
  "conversation.resolved": Conversation;
  "contact.created": Contact;
  "contact.updated": Contact;
};
