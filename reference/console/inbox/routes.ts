/** The routes of the Inbox and Contacts pages: lists a page at a time, and what a teammate does there. */
import * as z from "zod";
import { ContactInput, ContactPatch, ConversationStatus, MessageInput, Platform } from "../../../src/api/index.ts";
import { sendAndAutomate } from "../../automation/messages.ts";
import { type JsonRoute, readPathId } from "../../control/json-routes.ts";
import { validate } from "../../http/input.ts";
import { deleteContact, saveContact, toContactBody, updateContact } from "../../inbox/contacts.ts";
import { getConversationByAnyId, reopenConversation, toConversationBody } from "../../inbox/conversations.ts";
import { applyChange, type OrgSubject, parseQuery, RowLimit } from "../subject.ts";
import * as views from "./views.ts";

/** A row's `position`, joined by commas: the page after that row. */
function position(parts: number) {
  return z
    .string()
    .transform((text) => text.split(",").map((part) => (part === "" ? Number.NaN : Number(part))))
    .refine((numbers) => numbers.length === parts && numbers.every(Number.isSafeInteger), {
      message: "is no position of this list; give the position of the last row of the page before, or leave it out",
    })
    .optional();
}

const Words = z.string().max(200).optional();

const ConversationsQuery = z.strictObject({
  status: ConversationStatus.optional(),
  platform: Platform.optional(),
  /** A teammate's id; `none` for those that are nobody's. */
  assignee: z.string().min(1).optional(),
  query: Words,
  before: position(2),
  limit: RowLimit.default(50),
});
const HistoryQuery = z.strictObject({ before: position(1), limit: RowLimit.default(50) });
const ContactsQuery = z.strictObject({ query: Words, before: position(1), limit: RowLimit.default(50) });

export const inboxRoutes: readonly JsonRoute<OrgSubject>[] = [
  {
    method: "GET",
    path: "/conversations",
    run: ({ context, org }, input) =>
      views.listConversations(context, org.id, parseQuery(ConversationsQuery, input.query)),
  },
  {
    method: "GET",
    path: "/conversations/{id}",
    run: ({ context, org }, input) =>
      views.readConversation(context, org.id, readPathId(input), parseQuery(HistoryQuery, input.query)),
  },
  {
    method: "POST",
    path: "/conversations/{id}/reopen",
    run: (subject, input) =>
      applyChange(subject, () => {
        const conversation = getConversationByAnyId(subject.context, subject.org.id, readPathId(input));
        return toConversationBody(subject.context, reopenConversation(subject.context, conversation));
      }),
  },
  {
    method: "POST",
    path: "/messages",
    creates: true,
    takesBody: true,
    run: (subject, { body }) => {
      const message = validate(MessageInput, body);
      return applyChange(subject, () => sendAndAutomate(subject.context, subject.org.id, message));
    },
  },
  {
    method: "GET",
    path: "/contacts",
    run: ({ context, org }, input) => views.listContacts(context, org.id, parseQuery(ContactsQuery, input.query)),
  },
  {
    method: "POST",
    path: "/contacts",
    takesBody: true,
    run: (subject, { body }) => {
      const input = validate(ContactInput, body);
      const { contact, created } = applyChange(subject, () => saveContact(subject.context, subject.org.id, input));
      return { contact: toContactBody(contact), created };
    },
  },
  {
    method: "GET",
    path: "/contacts/{id}",
    run: ({ context, org }, input) => views.readContact(context, org.id, readPathId(input)),
  },
  {
    method: "PATCH",
    path: "/contacts/{id}",
    takesBody: true,
    run: (subject, input) => {
      const patch = validate(ContactPatch, input.body);
      return applyChange(subject, () =>
        toContactBody(updateContact(subject.context, subject.org.id, readPathId(input), patch)),
      );
    },
  },
  {
    method: "DELETE",
    path: "/contacts/{id}",
    run: (subject, input) =>
      applyChange(subject, () => deleteContact(subject.context, subject.org.id, readPathId(input))),
  },
];
