/** Everything a person or an agent can do, in the order in which it is listed. */
import { checkMessagingWindow } from "./check-messaging-window.ts";
import { findContacts } from "./find-contacts.ts";
import { findConversation } from "./find-conversation.ts";
import { findMessages } from "./find-messages.ts";
import { getAccount } from "./get-account.ts";
import { getContact } from "./get-contact.ts";
import { getTranscript } from "./get-transcript.ts";
import { listConversations } from "./list-conversations.ts";
import { listMessages } from "./list-messages.ts";
import { listTemplates } from "./list-templates.ts";
import type { Operation } from "./operation.ts";
import { replyToConversation } from "./reply-to-conversation.ts";
import { saveContact } from "./save-contact.ts";
import { sendMessage } from "./send-message.ts";
import { sendTemplate } from "./send-template.ts";
import { addTags, removeTags } from "./tags.ts";
import { updateContact } from "./update-contact.ts";
import { waitForEvents } from "./wait-for-events.ts";
import { createWebhook, deleteWebhook, listWebhooks } from "./webhooks.ts";

export * from "./operation.ts";
export { findRecipient, parseRecipient } from "./recipient.ts";
export * from "./toolsets.ts";

export const operations = {
  get_account: getAccount,
  find_contacts: findContacts,
  get_contact: getContact,
  save_contact: saveContact,
  update_contact: updateContact,
  add_tags: addTags,
  remove_tags: removeTags,
  list_conversations: listConversations,
  find_conversation: findConversation,
  list_messages: listMessages,
  find_messages: findMessages,
  get_transcript: getTranscript,
  check_messaging_window: checkMessagingWindow,
  send_message: sendMessage,
  reply_to_conversation: replyToConversation,
  send_template: sendTemplate,
  list_templates: listTemplates,
  list_webhooks: listWebhooks,
  create_webhook: createWebhook,
  delete_webhook: deleteWebhook,
  wait_for_events: waitForEvents,
};
export type OperationName = keyof typeof operations;

/** The same, by name, for faces that look an operation up: `undefined` where there is none of that name. */
export function findOperation(name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? (operations[name as OperationName] as unknown as Operation) : undefined;
}

export const allOperations: readonly Operation[] = Object.values(operations) as unknown as Operation[];
