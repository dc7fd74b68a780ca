/**
 * Whether a call changes where a contact that is there already is reached, or what it is found by. Whoever may do that
 * chooses who gets the next message, without sending any: a person, or a Zap, that writes to the contact reaches another.
 * A new contact may have any address.
 */
import {
  type Contact,
  isEmail,
  isPhone,
  matchesIdentifiers,
  normalizeEmail,
  normalizePhone,
  parseConversationId,
  platforms,
} from "../../src/api/index.ts";
import { isErrorNamed } from "../../src/client/errors/guards.ts";
import type { OnSync } from "../../src/client/index.ts";
import type { Data } from "../answers/summaries.ts";

/** Properties that hold an address, or by which another system finds the contact, by what they are called. */
const addressName = /external_?id|phone|mobile|mail|whats_?app|telegram|instagram|facebook|messenger/i;

function isAddress(text: string): boolean {
  const { platform = "" } = parseConversationId(text) ?? {};
  return isPhone(normalizePhone(text)) || isEmail(text) || (platforms as readonly string[]).includes(platform);
}

/** The fields that say where a contact is reached or what it is found by, among those given. */
function listAddressFields({ phone, email, properties, clear }: Data): string[] {
  const cleared = Array.isArray(clear) ? clear.map(String) : [];
  return [
    ...(phone === undefined ? [] : ["phone"]),
    ...(email === undefined ? [] : ["email"]),
    // Cleared as a whole, whatever they hold.
    ...(properties === null ? ["properties"] : []),
    ...Object.entries(properties ?? {})
      .filter(([name, value]) => addressName.test(name) || (typeof value === "string" && isAddress(value.trim())))
      .map(([name]) => `properties.${name}`),
    ...cleared.filter((field) => addressName.test(field)),
  ];
}

function readField(fields: Data, field: string): unknown {
  const { properties } = fields as { properties?: Data | null };
  return field.startsWith("properties.") ? properties?.[field.slice("properties.".length)] : fields[field];
}

/** Whether the contact has what is given, compared as the API compares: properties letter by letter. */
function hasField(contact: Data, input: Data, field: string): boolean {
  const [has, given] = [readField(contact, field), readField(input, field)];
  if (typeof has !== "string" || typeof given !== "string") return has === given;
  if (field === "phone") return normalizePhone(has) === normalizePhone(given);
  return field === "email" ? normalizeEmail(has) === normalizeEmail(given) : has === given;
}

/** The identifiers of a save, each by itself: OnSync updates the contact that has one of them. */
function listIdentifiers({ phone, email, properties }: Data) {
  const { externalId } = (properties ?? {}) as { externalId?: string };
  return [{ phone }, { email }, { externalId }].filter((each) => Object.values(each)[0] !== undefined) as {
    phone?: string;
    email?: string;
    externalId?: string;
  }[];
}

const cannotLookUp =
  "Whether such a contact is there already cannot be looked up here: give one of phone, email and properties.externalId, and no other address.";

/** @returns looks at the arguments of a tool that writes contacts: what is wrong with them, in a sentence or two */
export function createAddressCheck(onsync: OnSync) {
  /** The contacts that a save would update; `undefined` where it cannot be told. */
  const findHolders = async (input: Data, signal: AbortSignal | undefined): Promise<Contact[] | undefined> => {
    const holders = new Map<string, Contact>();
    for (const identifier of listIdentifiers(input)) {
      const { data } = await onsync.contacts.list({ ...identifier, limit: 2 }, { signal });
      // An API that does not know the filter ignores it.
      if (!data.every((contact) => matchesIdentifiers(contact, identifier))) return undefined;
      for (const contact of data) holders.set(contact.id, contact);
    }
    return [...holders.values()];
  };

  return async (input: Data, signal: AbortSignal | undefined): Promise<string | undefined> => {
    const fields = listAddressFields(input);
    if (input.contactId !== undefined) return fields.length === 0 ? undefined : `${fields.join(", ")}: leave it out.`;
    // The contact is found by the only address that is given, or made with it.
    if (fields.length <= 1) return undefined;
    let holders: Contact[] | undefined;
    try {
      holders = await findHolders(input, signal);
    } catch (error) {
      if (!isErrorNamed(error, "ExtensionUnavailableError") && !isErrorNamed(error, "PermissionError")) throw error;
    }
    if (!holders) return cannotLookUp;
    for (const contact of holders) {
      const others = fields.filter((field) => !hasField(contact, input, field));
      if (others.length > 0) return `${contact.id} is there already, with another ${others.join(" and another ")}.`;
    }
    return undefined;
  };
}

export type AddressCheck = ReturnType<typeof createAddressCheck>;
