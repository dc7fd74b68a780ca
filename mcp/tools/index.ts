/**
 * The tools, in the order in which they are listed: every operation that MCP does not leave out (`leftOut` of
 * src/operations). What an agent needs in other words, or in another answer, is defined beside this file; the others are
 * made of the operation alone.
 */
import { allOperations } from "../../src/operations/index.ts";
import { checkMessagingWindow } from "./check-messaging-window.ts";
import { findContacts, getContact, saveContact, updateContact } from "./contacts.ts";
import { listConversations, listMessages } from "./conversations.ts";
import { deriveTool } from "./derive.ts";
import { findMessages } from "./find-messages.ts";
import { getAccount } from "./get-account.ts";
import { listTemplates, sendMessage, sendTemplate } from "./sending.ts";
import type { Tool } from "./tool.ts";
import { waitForEvents } from "./wait-for-events.ts";
import { createWebhook, deleteWebhook, listWebhooks } from "./webhooks.ts";

const inOwnWords = new Map(
  [
    getAccount,
    findContacts,
    getContact,
    saveContact,
    updateContact,
    listConversations,
    listMessages,
    findMessages,
    checkMessagingWindow,
    sendMessage,
    sendTemplate,
    listTemplates,
    listWebhooks,
    createWebhook,
    deleteWebhook,
    waitForEvents,
  ].map((tool) => [tool.operation.name, tool]),
);

export const tools: readonly Tool[] = allOperations
  .filter(({ leftOut }) => leftOut.mcp === undefined)
  .map((operation) => inOwnWords.get(operation.name) ?? deriveTool(operation));
