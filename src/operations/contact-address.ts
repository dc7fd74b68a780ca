/** A contact named by its phone or e-mail in place of its id: whoever writes one down has the address, and not the id. */

import { matchesIdentifiers } from "../api/contact.ts";
import type { Contact } from "../api/index.ts";
import { isEmail, isPhone, normalizePhone } from "../api/values/identifiers.ts";
import { ValidationError } from "../client/errors/index.ts";
import type { OnSync } from "../client/index.ts";
import type { OperationContext } from "./operation.ts";

function parseAddress(contactId: string): { phone: string } | { email: string } | undefined {
  const phone = normalizePhone(contactId);
  if (isPhone(phone)) return { phone };
  return isEmail(contactId.trim()) ? { email: contactId.trim() } : undefined;
}

/**
 * The contact that has the address, which takes a request; `undefined` where what is given is no address but an id.
 *
 * @param operation whose input it is
 * @throws ValidationError where none has it, or several have
 */
export async function findContactByAddress(
  onsync: OnSync,
  contactId: string,
  operation: string,
  context: OperationContext,
): Promise<Contact | undefined> {
  const address = parseAddress(contactId);
  if (!address) return undefined;
  const { data } = await onsync.contacts.list({ ...address, limit: 2 }, context);
  // An API that does not know a filter ignores it: what it then gives is somebody else.
  const found = data.filter((contact) => matchesIdentifiers(contact, address));
  const [contact] = found;
  if (contact && found.length === 1) return contact;
  const message = contact
    ? `is the address of several contacts: name one by its id, ${found.map(({ id }) => id).join(" or ")}`
    : "is the phone or e-mail of no contact";
  throw new ValidationError(`The contact's address ${message}.`, {
    status: 400,
    code: "validation_failed",
    method: "call",
    path: operation,
    details: [{ path: ["contactId"], code: "custom", message }],
  });
}
