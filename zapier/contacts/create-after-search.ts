/**
 * Create or Update Contact where Zapier runs it after a search that found nothing (Find or Create). Nothing found does not
 * mean that nothing is there: a contact with the phone and another email is no match, and saving would replace its email,
 * name and tags. So each identifier is looked for alone, and what has one of them is left as it is.
 */
import type * as z from "zod";
import { matchesIdentifiers } from "../../src/api/contact.ts";
import type { Contact, ContactInput } from "../../src/api/index.ts";
import { isErrorNamed } from "../../src/client/index.ts";
import { findContacts } from "../../src/operations/find-contacts.ts";
import type { operations } from "../../src/operations/index.ts";
import { runOperation } from "../../src/operations/operation.ts";
import { saveContact } from "../../src/operations/save-contact.ts";
import { createHaltedError } from "../errors.ts";
import type { InputData } from "../input/input-data.ts";
import type { PerformContext } from "../perform.ts";

export type SavedContact = z.output<(typeof operations)["save_contact"]["output"]> & {
  /** What the person should know about the save. */
  warning?: string | null;
};

type Identifiers = Partial<Record<"phone" | "email" | "externalId", string>>;

const labels = { phone: "Phone", email: "Email", externalId: "External Reference" } as const;
type Identifier = keyof typeof labels;

/** Zapier names the search that a create comes after. */
export function isAfterSearch({ bundle }: PerformContext): boolean {
  return Boolean(bundle.meta?.withSearch);
}

/** At most one request for each identifier, and the one that creates. */
export async function createAfterSearch(input: InputData, context: PerformContext): Promise<SavedContact> {
  const { onsync, signal } = context;
  const identifiers = readIdentifiers(input as ContactInput);
  const holders = await findHolders(identifiers, context);
  const [first] = holders.values();
  if (first && matchesIdentifiers(first, identifiers)) return { ...first, created: false };
  if (first) throw createHaltedError(context.z, describeHolders(holders, identifiers));
  const saved = await runOperation(saveContact, onsync, input, { signal });
  return saved.created === false
    ? {
        ...saved,
        warning: "Another run created this contact at the same moment: the fields of this step were saved into it.",
      }
    : saved;
}

function readIdentifiers({ phone, email, properties }: ContactInput): Identifiers {
  const externalId = properties?.externalId;
  return { ...(phone && { phone }), ...(email && { email }), ...(externalId && { externalId }) };
}

/** The contacts that have one of the identifiers, by the first that each was found by. */
async function findHolders(identifiers: Identifiers, context: PerformContext): Promise<Map<Identifier, Contact>> {
  const { onsync, z, signal } = context;
  const holders = new Map<Identifier, Contact>();
  for (const [key, value] of Object.entries(identifiers) as [Identifier, string][]) {
    // One that was found already has this identifier too: there is nothing more to learn.
    if ([...holders.values()].some((holder) => matchesIdentifiers(holder, { [key]: value }))) continue;
    const found = await runOperation(findContacts, onsync, { [key]: value }, { signal }).catch((error) => {
      if (!isErrorNamed(error, "ExtensionUnavailableError")) throw error;
      throw createHaltedError(
        z,
        "Nothing was changed: this OnSync account cannot search contacts, so creating one could overwrite another. Use Create or Update Contact, which updates the contact that is there.",
      );
    });
    const [holder] = found.data;
    if (holder) holders.set(key, holder);
    else if (found.nextCursor !== null)
      throw createHaltedError(
        z,
        `Nothing was changed: OnSync's answer to the search by ${labels[key]} had other contacts only, so that creating one could overwrite another.`,
      );
  }
  return holders;
}

function describeHolders(holders: ReadonlyMap<Identifier, Contact>, identifiers: Identifiers): string {
  const [one, other] = holders;
  if (one && other)
    return `Nothing was changed: contact ${one[1].id} has this ${labels[one[0]]}, but contact ${other[1].id} has this ${labels[other[0]]}. Use Update Contact with the one you mean.`;
  const [key, holder] = one as [Identifier, Contact];
  const known: Record<Identifier, unknown> = { ...holder, externalId: holder.properties?.externalId } as never;
  const differences = (Object.keys(identifiers) as Identifier[])
    .filter((each) => !matchesIdentifiers(holder, { [each]: identifiers[each] }))
    .map((each) => `${(known[each] ?? "") === "" ? "no" : "another"} ${labels[each]}`);
  return `Nothing was changed: contact ${holder.id} has this ${labels[key]}, but ${differences.join(" and ")}. Use Update Contact with it, or search by ${labels[key]} alone.`;
}
