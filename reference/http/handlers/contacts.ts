import { normalizePhone } from "../../../src/api/index.ts";
import { limitPageSize } from "../../deviations/behaviour.ts";
import { summarizeActivity } from "../../inbox/activity.ts";
import { saveContact, toContactBody, updateContact } from "../../inbox/contacts.ts";
import { notFound } from "../answers.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { created, type Handlers, ok } from "./handler.ts";

/** A plus sign that nobody encoded arrives as a space: in front of digits it can mean nothing else. */
function parsePhoneQuery(phone: string): string {
  return normalizePhone(phone.replace(/^ (?=\d)/, "+"));
}

export const contacts: Handlers<"saveContact" | "listContacts" | "getContact" | "updateContact"> = {
  saveContact: ({ context, org, body }) => {
    const { contact, created: isNew } = saveContact(context, org.id, body);
    return isNew ? created(toContactBody(contact)) : ok(toContactBody(contact));
  },

  listContacts: ({ context, org, query }) => {
    const limit = limitPageSize(query.limit, context.behaviour.current);
    const [beforeSeq] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
    const found = context.store.contacts.search({
      orgId: org.id,
      phone: query.phone === undefined ? undefined : parsePhoneQuery(query.phone),
      email: query.email,
      externalId: query.externalId,
      query: query.query,
      beforeSeq,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return ok({
      data: page.map(toContactBody),
      nextCursor: last && found.length > page.length ? encodeCursor([last.seq]) : null,
    });
  },

  getContact: ({ context, org, params }) => {
    const contact = context.store.contacts.byId(org.id, params.id);
    if (!contact) throw notFound("contact", params.id);
    return ok({
      ...toContactBody(contact),
      activity: summarizeActivity(context, context.store.conversations.byContact(contact.id)),
    });
  },

  updateContact: ({ context, org, params, body }) => ok(toContactBody(updateContact(context, org.id, params.id, body))),
};
