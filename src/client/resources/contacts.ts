/** Contacts: saved, read, changed, searched. */
import type * as z from "zod";
import type {
  Contact,
  ContactInput,
  ContactPatch,
  ContactsQuery,
  ContactWithActivity,
  Envelope,
} from "../../api/index.ts";
import type { CallOptions, ClientContext } from "../context.ts";
import { type Page, toPage } from "../pager/page.ts";
import { iterateCursor } from "../pager/pager.ts";
import { executeCall } from "../retry.ts";

type Query = z.input<typeof ContactsQuery>;

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
  list(query?: Query, options?: CallOptions): Promise<Page<Contact>>;
  /** Extension. The contacts of all pages; the options hold for each page. */
  iterate(query?: Query, options?: CallOptions): AsyncGenerator<Contact, void, undefined>;
};

function createdBy(status: number, uncertain: boolean): boolean | null {
  if (status === 201) return true;
  return status === 200 && !uncertain ? false : null;
}

export function createContacts(context: ClientContext): Contacts {
  const list: Contacts["list"] = async (query, options) =>
    toPage<Contact>(await executeCall(context, { name: "listContacts", query }, options));
  return {
    async save(input, options) {
      const { status, body, uncertain } = await executeCall(context, { name: "saveContact", body: input }, options);
      return { ...(body as Contact & Envelope), created: createdBy(status, uncertain) };
    },
    async get(contactId, options) {
      return (await executeCall(context, { name: "getContact", parts: { contactId } }, options))
        .body as ContactWithActivity & Envelope;
    },
    async update(contactId, patch, options) {
      return (await executeCall(context, { name: "updateContact", parts: { contactId }, body: patch }, options))
        .body as Contact & Envelope;
    },
    list,
    iterate: (query, options) =>
      iterateCursor((cursor) => list({ ...query, cursor }, options), { cursor: query?.cursor, path: "/contacts" }),
  };
}
