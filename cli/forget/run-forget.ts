/** `onsync forget` at work: whoever is meant is found, shown, asked about, taken out of the stores, and cleared at OnSync. */
import type { ContactWithActivity } from "../../src/api/index.ts";
import type { OnSync } from "../../src/client/index.ts";
import {
  addContact,
  type Cleared,
  clearContact,
  createPerson,
  findContact,
  listFilledFields,
  type Person,
  type PersonQuery,
} from "../../src/data/forget/index.ts";
import { Cleanup } from "../cleanup.ts";
import { createAsker } from "../import/ask.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { type Io, print } from "../output/io.ts";
import { createLog } from "../output/log.ts";
import { printWrapped } from "../output/wrap.ts";
import { connect } from "../settings/connection.ts";
import { requireApiKey } from "../settings/environment.ts";
import type { AtOnSync, Done, Place, PlaceResult } from "./outcome.ts";
import { openPlaces, type PlaceOptions } from "./places.ts";
import { formatPlan, formatResult } from "./text.ts";

export type ForgetOptions = PlaceOptions & { dryRun?: true; yes?: true; json?: true };

export async function forget(io: Io, query: PersonQuery, options: ForgetOptions): Promise<void> {
  const log = createLog(io.env, "warn");
  requireApiKey(io.env);
  const asker = createAsker(io, true);
  if (!asker.canAsk && !options.yes && !options.dryRun)
    throw new UsageError("There is no terminal to ask on: say --yes to go on, or --dry-run to look at what is found.");
  const cleanup = new Cleanup();
  try {
    const { onsync, close } = await connect(io.env, log);
    cleanup.add(close);
    const places = await openPlaces(io, onsync.baseUrl, options, log, cleanup);
    const person = createPerson(query);
    const { contact, atOnSync, looked } = await look(onsync, query, person, places);
    const fields = contact ? listFilledFields(contact) : [];
    if (options.json) await tell(io, { plan: true, contactId: person.contactId, fields, places: looked, atOnSync });
    else await printWrapped(io.stdout, formatPlan({ contactId: person.contactId, fields, places: looked, atOnSync }));
    if (options.dryRun) return;
    if (!options.yes && !(await asker.confirm(formatQuestion(contact)))) throw new CommandFailed(1);
    const done = await forgetAll(onsync, person, contact, places);
    await report(io, options, { ...done, contactId: person.contactId, atOnSync });
  } finally {
    asker.close();
    await cleanup.run();
  }
}

/** OnSync first, then the stores; and OnSync again, where only a store knew the id. */
async function look(onsync: OnSync, query: PersonQuery, person: Person, places: readonly Place[]) {
  const first = await findContact(onsync, query);
  let contact = first.kind === "found" ? first.contact : null;
  if (contact) learn(person, contact);
  await lookInto(places, person);
  if (contact === null && query.kind !== "contactId" && person.contactId !== null) {
    const second = await findContact(onsync, { kind: "contactId", value: person.contactId });
    if (second.kind === "found") {
      contact = second.contact;
      learn(person, contact);
    }
  }
  // With all that is known of them by now.
  const looked = await lookInto(places, person);
  const isSearchMissing = first.kind === "no_search" && person.contactId === null;
  return { contact, looked, atOnSync: { contactId: person.contactId, ...countAtOnSync(contact), isSearchMissing } };
}

async function lookInto(places: readonly Place[], person: Person): Promise<PlaceResult[]> {
  const results: PlaceResult[] = [];
  for (const place of places) results.push(await place.look(person));
  return results;
}

function learn(person: Person, contact: ContactWithActivity): void {
  addContact(person, contact);
  for (const id of contact.activity?.conversationIds ?? []) person.conversationIds.add(id);
}

function countAtOnSync(contact: ContactWithActivity | null): Pick<AtOnSync, "contact" | "conversations" | "messages"> {
  if (contact === null) return { contact: 0, conversations: 0, messages: 0 };
  const { conversationIds, messageCount } = contact.activity ?? {};
  return { contact: 1, conversations: conversationIds?.length ?? null, messages: messageCount ?? null };
}

function formatQuestion(contact: ContactWithActivity | null): string {
  if (contact === null) return "OnSync has no such contact. Take them out of these stores?";
  const { id, firstName, lastName, phone, email } = contact;
  const known = [[firstName, lastName].filter(Boolean).join(" "), phone, email].filter(Boolean).join(", ");
  return `Forget ${id}${known === "" ? "" : ` (${known})`}? It cannot be undone.`;
}

/** The stores first: as long as OnSync has them, whoever is meant can be found again. */
async function forgetAll(
  onsync: OnSync,
  person: Person,
  contact: ContactWithActivity | null,
  places: readonly Place[],
): Promise<Cleared & { places: PlaceResult[] }> {
  const done: PlaceResult[] = [];
  for (const place of places) done.push(await place.forget(person));
  const cleared = contact ? await clearContact(onsync, contact) : { cleared: [], kept: [] };
  return { ...cleared, places: done };
}

/** @throws CommandFailed with exit code 3 where something stays */
async function report(io: Io, options: ForgetOptions, done: Done): Promise<void> {
  const { contactId, cleared, kept, places, atOnSync } = done;
  const { contact, conversations, messages, isSearchMissing } = atOnSync;
  const stays = places.filter((place) => Object.keys(place.stays).length > 0);
  const remains = {
    contact,
    conversations,
    messages,
    fields: kept,
    places: stays.map(({ place, stays }) => ({ place, ...stays })),
  };
  if (options.json)
    await tell(io, { done: true, contactId, cleared, kept, places, remains: { ...remains, isSearchMissing } });
  else await printWrapped(io.stdout, formatResult(done));
  const isLeft = contact > 0 || conversations !== 0 || messages !== 0 || kept.length > 0 || stays.length > 0;
  if (isLeft || isSearchMissing) throw new CommandFailed(3);
}

function tell(io: Io, event: object): Promise<void> {
  return print(io.stdout, `${JSON.stringify(event)}\n`);
}
