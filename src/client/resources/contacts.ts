/** Contacts: saved, read, changed, searched. */
import type { Contact, ContactInput, ContactPatch, ContactWithActivity, Envelope } from "../../api/index.ts";
import type { ContactsQuery } from "../../api/types/contacts.ts";
import { executeCall } from "../call.ts";
import type { ClientContext } from "../context.ts";
import type { CallOptions } from "../options.ts";
import { type Page, toPage } from "../pager/page.ts";
import { iterateList } from "../pager/page-fetcher.ts";

export type Contacts = {
  /**
   * Creates or updates: OnSync finds the contact by phone, email and properties.externalId. `created` tells which it
   * was; `null` when an attempt before, whose answer was lost, may have created it.
   *
   * @throws DuplicateError (`contactIds`) when the identifiers belong to different contacts; nothing changed
   */
  save(input: ContactInput, options?: CallOptions): Promise<Contact & Envelope & { created: boolean | null }>;
  get(contactId: string, options?: CallOptions): Promise<ContactWithActivity & Envelope>;
  /** Any subset of the fields; `null` clears one. */
  update(contactId: string, patch: ContactPatch, options?: CallOptions): Promise<Contact & Envelope>;
  /** Extension. Newest first. */
  list(query?: ContactsQuery, options?: CallOptions): Promise<Page<Contact>>;
  /** Extension. The contacts of all pages, of 100 unless `limit` says otherwise; the options hold for each page. */
  iterate(query?: ContactsQuery, options?: CallOptions): AsyncGenerator<Contact, void, undefined>;
};

function wasCreated(status: number, afterUncertain: boolean): boolean | null {
  if (status === 201) return true;
  return status === 200 && !afterUncertain ? false : null;
}

export function createContacts(context: ClientContext): Contacts {
  const list: Contacts["list"] = async (query, options) =>
    toPage((await executeCall(context, "listContacts", { query }, options)).body);
  return {
    async save(input, options) {
      const { status, body, afterUncertain } = await executeCall(context, "saveContact", { body: input }, options);
      return { ...body, created: wasCreated(status, afterUncertain) };
    },
    async get(contactId, options) {
      return (await executeCall(context, "getContact", { path: { id: contactId } }, options)).body;
    },
    async update(contactId, patch, options) {
      const input = { path: { id: contactId }, body: patch };
      return (await executeCall(context, "updateContact", input, options)).body;
    },
    list,
    iterate: (query, options) =>
      iterateList(context.serverFacts, (page) => list({ ...query, ...page }, options), query, "/contacts"),
  };
}
