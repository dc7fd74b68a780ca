/** A row's changes to OnSync: one contact made or changed, and never written over unseen where nobody owns a field. */
import type { Contact, ContactInput, ContactPatch } from "../../api/index.ts";
import { isErrorNamed, isOnSyncError, type OnSync, type OnSyncError } from "../../client/index.ts";
import type { PacedCalls } from "../budget/paced-calls.ts";
import { type Change, type Context, type Evaluation, toText } from "./evaluate.ts";
import { findProblem, identifierFields, mergePatches, readContact, toPatch } from "./fields.ts";
import type { Inbox } from "./inbox.ts";
import type { ReadRow } from "./match.ts";
import type { ContactRecord } from "./state.ts";

export type WriteOptions = {
  calls: PacedCalls;
  inbox: Inbox;
  context: Context;
  onAttempt: () => void;
};

/** `seen`: it is another than it was thought to be, and is looked at again. */
export type Outcome = { kind: "created" | "updated" | "seen" } | { kind: "refused"; reason: string };

type Answer = Contact & { timestamp?: string | undefined };

/** How often a write is tried whose answers are lost. */
const maxRounds = 3;
const lostReason = "OnSync did not say that it took it, tried again and again, though it may have";

/** An answer was lost: before the request is made again it is looked what became of it. */
class AnswerLost extends Error {
  override readonly name = "AnswerLost";
}

/** @throws AnswerLost instead of making a request again whose answer was lost */
function callOnce<Value>({ calls, onAttempt }: WriteOptions, work: (onsync: OnSync) => Promise<Value>): Promise<Value> {
  let isLost = false;
  const attempt = (onsync: OnSync) => {
    if (isLost) throw new AnswerLost();
    onAttempt();
    return work(onsync);
  };
  const onLost = () => {
    isLost = true;
  };
  return calls.call(attempt, { onLost });
}

/** @param decide what is to be done by now; `null`: nothing */
export async function updateContact(
  options: WriteOptions,
  row: ReadRow,
  record: ContactRecord,
  decide: () => Evaluation | null,
): Promise<Outcome> {
  const { inbox, context } = options;
  for (let round = 1; ; round++) {
    const isUnowned = decide()?.toInbox.some(({ field }) => field.owner !== "crm");
    if (isUnowned) await inbox.freshen(record.id);
    const changes = decide()?.toInbox ?? [];
    // What was lost was done all the same.
    if (changes.length === 0) return { kind: round > 1 ? "updated" : "seen" };
    if (round > maxRounds) return { kind: "refused", reason: lostReason };
    try {
      const noted = inbox.noteAnswer(await sendPatch(options, record, changes));
      settle(context, noted, row, changes);
      await context.state.save();
      return { kind: "updated" };
    } catch (error) {
      if (error instanceof AnswerLost) await inbox.get(record.id);
      else if (isErrorNamed(error, "NotFoundError")) {
        inbox.noteGone(record.id);
        return { kind: "seen" };
      } else if (isErrorNamed(error, "DuplicateError")) {
        // Nothing was changed, and whose the identifiers are is known then: the others go without them.
        record.doubt = false;
        context.state.touch(record);
        if (await learnHolders(inbox, error)) return { kind: "seen" };
        return { kind: "refused", reason: describeRefusal(error) };
      } else if (isOnSyncError(error)) return { kind: "refused", reason: describeRefusal(error) };
      else throw error;
    }
  }
}

async function sendPatch(options: WriteOptions, record: ContactRecord, changes: readonly Change[]): Promise<Answer> {
  const { inbox, context } = options;
  const before = inbox.contact(record.id);
  const patch = mergePatches(
    changes.map(({ field, value }) => toPatch(field.name, value, before && readContact(field.name, before))),
  );
  // Until its answer is there, nobody knows what the contact has.
  record.doubt = true;
  record.sent = Object.fromEntries(
    changes.map(({ field, value }) => [field.name, context.state.hashValue(field.name, value)]),
  );
  context.state.touch(record);
  await context.state.save();
  return callOnce(options, (onsync) => onsync.contacts.update(record.id, patch));
}

function settle({ state }: Context, record: ContactRecord, row: ReadRow, changes: readonly Change[]): void {
  state.link(record, row.key);
  for (const { field, value } of changes)
    state.agree(record, field.name, state.hashValue(field.name, value), record.fields[field.name]?.[2] ?? "");
}

function describeRefusal(error: OnSyncError): string {
  return `OnSync did not take it: ${error.message}`;
}

/** @returns whether it is known by now whose the identifiers are */
async function learnHolders(inbox: Inbox, { contactIds }: { contactIds: readonly string[] }): Promise<boolean> {
  for (const id of contactIds) if ((await inbox.get(id)) === null) return false;
  return contactIds.length > 0;
}

/**
 * Where the whole inbox is known, nobody in it has the row's identifiers, and all of the row is sent at once. Else the
 * identifiers alone are: who has them is found, or made, and nothing else of a contact is written over unseen.
 */
export async function createContact(options: WriteOptions, row: ReadRow): Promise<Outcome> {
  const { inbox, context } = options;
  const { fields, state } = context;
  const isListed = state.fact("reading") === "list";
  await inbox.pollEvents();
  const holders = row.identifiers.flatMap(({ value }) => state.findByIdentifier(value) ?? []);
  if (holders.some((holder) => !inbox.isGone(holder))) return { kind: "seen" };
  const valid = fields.flatMap((field): Change[] => {
    const value = row.readings.get(field.name)?.value ?? null;
    return value === null || findProblem(toPatch(field.name, value)) !== null ? [] : [{ field, value }];
  });
  const identifiers = valid.filter(({ field }) => (identifierFields as readonly string[]).includes(field.name));
  if (identifiers.length === 0) return { kind: "refused", reason: describeInvalid(row) };
  const sent = isListed ? valid : leaveToInbox(identifiers);
  try {
    const saved = await sendContact(options, row, sent, isListed);
    if (saved === "there") return { kind: "seen" };
    if (saved === "lost") return { kind: "refused", reason: lostReason };
    settle(context, inbox.noteAnswer(saved), row, sent);
    await state.save();
    return { kind: saved.created === true ? "created" : "updated" };
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    if (isErrorNamed(error, "DuplicateError") && (await learnHolders(inbox, error))) return { kind: "seen" };
    return { kind: "refused", reason: describeRefusal(error) };
  }
}

function describeInvalid({ readings }: ReadRow): string {
  for (const name of identifierFields) {
    const { value = null, problem } = readings.get(name) ?? {};
    const found = problem ?? (value === null ? null : findProblem(toPatch(name, value)));
    if (found !== null) return `${name} ${found}: ${toText(value)}`;
  }
  return "has no phone, e-mail address or external id";
}

/** Those that the inbox owns, where the contact can be found by another. */
function leaveToInbox(identifiers: readonly Change[]): readonly Change[] {
  const others = identifiers.filter(({ field }) => field.owner !== "inbox");
  return others.length > 0 ? others : identifiers.slice(0, 1);
}

/** @returns `there` where an answer was lost, and the contact is there; `lost` where it is not, again and again */
async function sendContact(options: WriteOptions, row: ReadRow, sent: readonly Change[], isListed: boolean) {
  const { calls, onAttempt } = options;
  const patch: ContactPatch = mergePatches(sent.map(({ field, value }) => toPatch(field.name, value)));
  const input = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null)) as ContactInput;
  // The identifiers alone say nothing new the second time.
  if (!isListed) return calls.call((onsync) => onsync.contacts.save(input), { onAttempt });
  for (let round = 1; ; round++) {
    try {
      return await callOnce(options, (onsync) => onsync.contacts.save(input));
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error;
      if (await findLost(options, row)) return "there";
      if (round >= maxRounds) return "lost";
    }
  }
}

/** Whether the contact is there after all: looked for in the list, which is there. */
async function findLost({ calls, inbox, onAttempt }: WriteOptions, row: ReadRow): Promise<boolean> {
  for (const { field } of row.identifiers) {
    const value = String(row.readings.get(field)?.value ?? "");
    const page = await calls.call((onsync) => onsync.contacts.list({ [field]: value, limit: 1 }), { onAttempt });
    for (const contact of page.data) inbox.noteAnswer({ ...contact, timestamp: page.timestamp });
    if (page.data.length > 0) return true;
  }
  return false;
}
