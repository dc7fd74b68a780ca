/** What Zapier loads: the app definition (package entry `.`). Everything in it is listed here, by the key that Zaps hold on to. */
import { defineApp, version as platformVersion } from "zapier-platform-core";
import addTags from "./creates/add-tags.ts";
import removeTags from "./creates/remove-tags.ts";
import replyToConversation from "./creates/reply-to-conversation.ts";
import saveContact from "./creates/save-contact.ts";
import sendMessage from "./creates/send-message.ts";
import sendTemplate from "./creates/send-template.ts";
import updateContact from "./creates/update-contact.ts";
import checkMessagingWindow from "./searches/check-messaging-window.ts";
import findContact from "./searches/find-contact.ts";
import findConversation from "./searches/find-conversation.ts";
import findMessages from "./searches/find-messages.ts";
import getTranscript from "./searches/get-transcript.ts";
import { version } from "./src/version.ts";
import contactCreated from "./triggers/contact-created.ts";
import contactList from "./triggers/contact-list.ts";
import contactUpdated from "./triggers/contact-updated.ts";
import conversationAssigned from "./triggers/conversation-assigned.ts";
import conversationList from "./triggers/conversation-list.ts";
import conversationResolved from "./triggers/conversation-resolved.ts";
import messageCreated from "./triggers/message-created.ts";
import messageUpdated from "./triggers/message-updated.ts";
import templateList from "./triggers/template-list.ts";
import { createAuthentication } from "./zapier/connection/authentication.ts";
import { handOverPrepared } from "./zapier/connection/request-log.ts";

function indexByKey<Item extends { key: string }>(...items: Item[]): Record<string, Item> {
  return Object.fromEntries(items.map((item) => [item.key, item]));
}

export default defineApp({
  version,
  platformVersion,
  // Empty and falsy input is the customer's too. Requests are logged by z.request: Zapier's patch of http would log them again.
  flags: { cleanInputData: false, skipHttpPatch: true },
  authentication: createAuthentication(),
  // What is sent belongs to customers: it is kept out of Zapier's log.
  beforeRequest: [handOverPrepared],
  triggers: indexByKey(
    messageCreated,
    messageUpdated,
    conversationAssigned,
    conversationResolved,
    contactCreated,
    contactUpdated,
    contactList,
    conversationList,
    templateList,
  ),
  creates: indexByKey(saveContact, updateContact, addTags, removeTags, sendMessage, replyToConversation, sendTemplate),
  searches: indexByKey(findContact, findMessages, findConversation, getTranscript, checkMessagingWindow),
  searchOrCreates: {
    find_contact: {
      key: "find_contact",
      display: {
        label: "Find or Create Contact",
        description: "Finds a contact by phone, email or external reference, or creates it.",
      },
      search: "find_contact",
      create: "save_contact",
    },
  },
});
