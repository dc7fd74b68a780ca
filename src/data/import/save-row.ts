/** One row to OnSync: saved, its tags added, and what a 409 means as it was said beforehand. */
import type { Contact, ContactInput } from "../../api/index.ts";
import { isApiError, isErrorNamed, isOnSyncError, type OnSyncError } from "../../client/index.ts";
import type { CallNotes, PacedCalls } from "../budget/paced-calls.ts";
import { listIdentifiers, type ReadContact } from "../contacts/read-contact.ts";
import type { RowOutcome } from "./journal.ts";
import type { DuplicatePolicy } from "./plan.ts";
import type { Refusal } from "./refused-file.ts";

/** Of contacts that have the row's identifiers, the one that is updated; `null`: none. */
export type ChooseContact = (
  row: { line: number; contact: ContactInput },
  contacts: readonly Contact[],
) => Promise<Contact | null>;

export type SaveOptions = {
  calls: PacedCalls;
  onDuplicate: DuplicatePolicy;
  /** Asked with `onDuplicate: "ask"`. */
  chooseContact?: ChooseContact | undefined;
};

export type Saved =
  | { kind: "done"; outcome: RowOutcome; contactId: string; requestId: string; orgId: string; note: string | null }
  | { kind: "refused"; refusal: Refusal }
  /** It failed for now: others are tried first. */
  | { kind: "later"; error: OnSyncError };

type Row = ReadContact & { line: number };

/** @throws MovementStopped, or the reason of whoever ended it */
export async function saveRow(options: SaveOptions, row: Row, notes: CallNotes): Promise<Saved> {
  const { calls } = options;
  try {
    const saved = await calls.call((onsync) => onsync.contacts.save(row.contact), notes);
    const outcome = saved.created === true ? "created" : "updated";
    const { requestId } = await addTags(calls, saved, row.addTags, notes);
    return { kind: "done", outcome, contactId: saved.id, requestId, orgId: saved.orgId, note: null };
  } catch (error) {
    if (isErrorNamed(error, "DuplicateError") && options.onDuplicate !== "skip" && error.contactIds.length > 0)
      return saveToOne(options, row, error, error.contactIds, notes).catch(toSaved);
    return toSaved(error);
  }
}

/** What OnSync said of a row; whatever else it is ends the import. */
function toSaved(error: unknown): Saved {
  if (!isOnSyncError(error)) throw error;
  if (error.retryable || (isApiError(error) && (error.status >= 500 || error.code === "unusable_answer")))
    return { kind: "later", error };
  return { kind: "refused", refusal: toRefusal(error) };
}

export function toRefusal(error: OnSyncError): Refusal {
  const requestId = error.requestId ?? null;
  if (isErrorNamed(error, "DuplicateError")) {
    const field = error.details.map(({ path }) => path.join(".")).join(" and ") || "phone";
    const owners = error.contactIds.join(" and ") || "other contacts";
    const reason = `belongs to ${owners}: leave the identifiers of one of them, or say which is updated (--on-duplicate)`;
    return { field, reason, requestId };
  }
  const [detail] = isApiError(error) ? error.details : [];
  return detail
    ? { field: detail.path.join("."), reason: detail.message || error.message, requestId }
    : { field: "", reason: error.message, requestId };
}

/** The answer of the save tells which tags there are: a second request is made only where one is missing. */
async function addTags(
  calls: PacedCalls,
  contact: Contact & { requestId: string },
  tags: readonly string[],
  notes: CallNotes,
): Promise<{ requestId: string }> {
  const there = contact.tags ?? [];
  const missing = tags.filter((tag) => !there.includes(tag));
  if (missing.length === 0) return contact;
  return calls.call((onsync) => onsync.contacts.update(contact.id, { tags: [...there, ...missing] }), notes);
}

/** Updates one of the contacts, without the identifiers that belong to the others. */
async function saveToOne(
  { calls, onDuplicate, chooseContact }: SaveOptions,
  row: Row,
  duplicate: OnSyncError,
  contactIds: readonly string[],
  notes: CallNotes,
): Promise<Saved> {
  const contacts: Contact[] = [];
  for (const id of contactIds) contacts.push(await calls.call((onsync) => onsync.contacts.get(id), notes));
  contacts.sort(
    (one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt) || (one.id < other.id ? -1 : 1),
  );
  const chosen = await choose(onDuplicate, row, contacts, chooseContact);
  if (!chosen) return { kind: "refused", refusal: toRefusal(duplicate) };
  const { patch, left } = leaveOut(
    row.contact,
    contacts.filter((contact) => contact !== chosen),
  );
  const missing = row.addTags.filter((tag) => !chosen.tags.includes(tag));
  const tags = missing.length > 0 ? { tags: [...chosen.tags, ...missing] } : {};
  const updated = await calls.call((onsync) => onsync.contacts.update(chosen.id, { ...patch, ...tags }), notes);
  const others = contacts.filter((contact) => contact !== chosen).map(({ id }) => id);
  return {
    kind: "done",
    outcome: "updated",
    contactId: chosen.id,
    requestId: updated.requestId,
    orgId: updated.orgId,
    note: left.length === 0 ? null : `${left.join(" and ")} left out: ${others.join(" and ")} has it`,
  };
}

async function choose(
  policy: DuplicatePolicy,
  row: Row,
  contacts: readonly Contact[],
  ask: ChooseContact | undefined,
): Promise<Contact | null> {
  if (policy === "first") return contacts[0] ?? null;
  if (policy === "newest") return contacts.at(-1) ?? null;
  return ask ? ask(row, contacts) : null;
}

function leaveOut(contact: ContactInput, others: readonly Contact[]): { patch: ContactInput; left: string[] } {
  const taken = new Set(others.flatMap((other) => listIdentifiers(toInput(other)).map(({ value }) => value)));
  const left = listIdentifiers(contact).filter(({ value }) => taken.has(value));
  const patch = structuredClone(contact);
  for (const { field } of left) {
    if (field === "phone") delete patch.phone;
    else if (field === "email") delete patch.email;
    else delete patch.properties?.externalId;
  }
  return { patch, left: left.map(({ field }) => field) };
}

function toInput({ phone, email, properties }: Contact): ContactInput {
  const externalId = properties?.externalId;
  return {
    ...(phone ? { phone } : {}),
    ...(email ? { email } : {}),
    ...(externalId === undefined ? {} : { properties: { externalId: String(externalId) } }),
  };
}
