/**
 * The tools, in the order in which they are listed: the operations but four. add_tags and remove_tags are
 * update_contact's tags, find_messages is list_messages read further back, find_conversation is list_conversations and
 * get_contact: Zapier's users need them, to an agent they would be fifteen tools' worth of choice and no new power.
 */

import { getAccount } from "./account.ts";
import { findContacts, getContact, saveContact, updateContact } from "./contacts.ts";
import { checkMessagingWindow, listConversations, listMessages } from "./conversations.ts";
import { waitForEvents } from "./events.ts";
import { listTemplates, sendMessage, sendTemplate } from "./sending.ts";
import type { Tool } from "./tool.ts";
import { createWebhook, deleteWebhook, listWebhooks } from "./webhooks.ts";

export const leftOut = ["add_tags", "remove_tags", "find_messages", "find_conversation"] as const;

export const tools: readonly Tool[] = [
  getAccount,
  findContacts,
  getContact,
  saveContact,
  updateContact,
  listConversations,
  listMessages,
  checkMessagingWindow,
  sendMessage,
  sendTemplate,
  listTemplates,
  listWebhooks,
  createWebhook,
  deleteWebhook,
  waitForEvents,
];
