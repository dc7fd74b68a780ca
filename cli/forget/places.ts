/** The stores that a person is taken out of. */
import { existsSync } from "node:fs";
import { createNaming, findEvents, isReached, type Person } from "../../src/data/forget/index.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import type { Cleanup } from "../cleanup.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { type Log, toLogFunction } from "../output/log.ts";
import { findRedisPassword } from "../settings/environment.ts";
import { formatStorePlace, openStore, parseEventsPlace } from "../settings/event-store.ts";
import { findLedger, isRedisUrl, type LedgerChoice } from "../settings/ledger.ts";
import { type ExportChoice, openExports } from "./exports.ts";
import type { Place, PlaceResult } from "./outcome.ts";

export type PlaceOptions = LedgerChoice & ExportChoice & { events?: string; journal?: string[] };

/** In the order in which they are looked at: the first tell most of who it is. */
export async function openPlaces(
  io: Io,
  baseUrl: string,
  options: PlaceOptions,
  log: Log,
  cleanup: Cleanup,
): Promise<Place[]> {
  const places: Place[] = [];
  if (options.events !== undefined) places.push(await openEvents(io, options.events, log, cleanup));
  places.push(...(await openExports(options, cleanup)));
  const ledger = findLedger(io.env, options);
  if (ledger) places.push(openLedgerPlace(io, baseUrl, ledger, log));
  for (const file of options.journal ?? []) places.push(await openJournalPlace(file));
  return places;
}

async function openEvents(io: Io, place: string, log: Log, cleanup: Cleanup): Promise<Place> {
  const choice = parseEventsPlace(place);
  const name = formatStorePlace(choice);
  const store: EventStore = await openStore(io.env, choice, { claim: false }, toLogFunction(log));
  cleanup.add(() => store.close());
  return {
    look: async (person) => ({ place: name, found: { events: (await findEvents(store, person)).length }, stays: {} }),
    async forget(person) {
      const events = await store.forget(await findEvents(store, person));
      const isScrubbed = await store.scrub();
      return { place: name, found: { events }, stays: { ...(!isScrubbed && { freePages: 1 }) } };
    },
  };
}

function openLedgerPlace(
  io: Io,
  baseUrl: string,
  { place, option }: { place: string; option: string },
  log: Log,
): Place {
  if (!isRedisUrl(place) && !existsSync(place))
    throw new UsageError(`${option}: there is no send ledger ${place}: name the one that the commands were given.`);
  const name = isRedisUrl(place) ? formatStorePlace({ redis: place }) : place;
  const work = async (person: Person, dryRun: boolean): Promise<PlaceResult> => {
    const { forgetRecipient } = await import("../../src/ledger/forget.ts");
    const recipient = {
      isReached: (send: { scope: string; platform: string; address: string; conversationId: string | null }) =>
        (send.scope === baseUrl || send.scope.startsWith(`${baseUrl} `)) &&
        isReached(person, send.platform, send.address, send.conversationId),
      isNamedIn: createNaming(person),
    };
    const options = { dryRun, password: findRedisPassword(io.env), log: toLogFunction(log) };
    const { sends, notes, open, references, scrubbed } = await forgetRecipient(place, recipient, options).catch(
      (error: Error) => {
        throw new UsageError(`${option}: ${error.message}`);
      },
    );
    return {
      place: name,
      found: { sends, notes },
      stays: {
        ...(open > 0 && { openSends: open }),
        ...(references > 0 && { references }),
        ...(!scrubbed && { freePages: 1 }),
      },
    };
  };
  return { look: (person) => work(person, true), forget: (person) => work(person, false) };
}

/** It has hashes, with a salt of its own, and ids: there is nothing to take out. */
async function openJournalPlace(file: string): Promise<Place> {
  if (!existsSync(file)) throw new UsageError(`--journal: there is no journal ${file}.`);
  const { openJournal } = await import("../../src/data/index.ts");
  try {
    openJournal(file).close();
  } catch (error) {
    throw new UsageError(`--journal: ${(error as Error).message}`);
  }
  const nothing = async () => ({ place: file, found: {}, stays: {} });
  return { look: nothing, forget: nothing };
}
