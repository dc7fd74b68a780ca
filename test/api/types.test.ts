/** The types that are written from the schemas are what the schemas give and take: else this does not compile. */
import { expect, test } from "@jest/globals";
import type * as z from "zod";
import type * as api from "../../src/api/index.ts";
import type * as account from "../../src/api/types/account.ts";
import type * as contacts from "../../src/api/types/contacts.ts";
import type * as conversations from "../../src/api/types/conversations.ts";
import type * as messages from "../../src/api/types/messages.ts";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

test("each type fits its schema, and its schema fits it", () => {
  const fits: true[] = [
    true satisfies Same<contacts.ContactInput, z.input<typeof api.ContactInput>>,
    true satisfies Same<contacts.ContactPatch, z.input<typeof api.ContactPatch>>,
    true satisfies Same<contacts.ContactsQuery, z.input<typeof api.ContactsQuery>>,
    true satisfies Same<contacts.Contact, z.infer<typeof api.Contact>>,
    true satisfies Same<contacts.ContactActivity, z.infer<typeof api.ContactActivity>>,
    true satisfies Same<contacts.ContactWithActivity, z.infer<typeof api.ContactWithActivity>>,
    true satisfies Same<messages.MessageInput, z.input<typeof api.MessageInput>>,
    true satisfies Same<messages.Message, z.infer<typeof api.Message>>,
    true satisfies Same<messages.SentMessage, z.infer<typeof api.SentMessage>>,
    true satisfies Same<messages.Template, z.infer<typeof api.Template>>,
    true satisfies Same<messages.TemplatesQuery, z.input<typeof api.TemplatesQuery>>,
    true satisfies Same<messages.TemplateWindowStatus, z.infer<typeof api.TemplateWindowStatus>>,
    true satisfies Same<conversations.ConversationsQuery, z.input<typeof api.ConversationsQuery>>,
    true satisfies Same<conversations.Assignee, z.infer<typeof api.Assignee>>,
    true satisfies Same<conversations.Conversation, z.infer<typeof api.Conversation>>,
    true satisfies Same<conversations.ListedConversation, z.infer<typeof api.ListedConversation>>,
    true satisfies Same<account.Account, z.infer<typeof api.Account>>,
    true satisfies Same<account.WebhookInput, z.input<typeof api.WebhookInput>>,
    true satisfies Same<account.WebhookStats, z.infer<typeof api.WebhookStats>>,
    true satisfies Same<account.Webhook, z.infer<typeof api.Webhook>>,
    true satisfies Same<account.CreatedWebhook, z.infer<typeof api.CreatedWebhook>>,
    true satisfies Same<account.DeletedWebhook, z.infer<typeof api.DeletedWebhook>>,
  ];
  expect(fits).toHaveLength(22);
});
