/** Exports that a person is taken out of. */
import { existsSync } from "node:fs";
import type { Person } from "../../src/data/forget/index.ts";
import type { PurgeableTarget } from "../../src/data/index.ts";
import type { Cleanup } from "../cleanup.ts";
import { trimSlashes } from "../export/open-target.ts";
import { UsageError } from "../output/errors.ts";
import type { Place, PlaceResult } from "./outcome.ts";

export type ExportChoice = { export?: string[]; state?: string };

/** @throws UsageError where there is no export: none is made for nothing */
export async function openExports({ export: places = [], state }: ExportChoice, cleanup: Cleanup): Promise<Place[]> {
  const files = places.filter((place) => !isDatabase(place));
  if (state !== undefined && files.length !== 1)
    throw new UsageError("--state is the state of one export to files: give --export with its folder or file.");
  const opened: Place[] = [];
  for (const place of places) opened.push(await openExport(place, state, cleanup));
  return opened;
}

function isDatabase(place: string): boolean {
  return /^(?:duckdb:|postgres(?:ql)?:\/\/)/i.test(place);
}

async function openExport(place: string, state: string | undefined, cleanup: Cleanup): Promise<Place> {
  const target = await openTarget(place, state).catch((error: Error) => {
    throw error instanceof UsageError ? error : new UsageError(`--export: ${error.message}`);
  });
  cleanup.add(() => target.close());
  const purge = async ({ contactId, conversationIds }: Person, dryRun: boolean): Promise<PlaceResult> => {
    const contactIds = new Set(contactId === null ? [] : [contactId]);
    const { isScrubbed, ...found } = await target.purge({ contactIds, conversationIds }, dryRun);
    return { place: formatPlace(place), found, stays: { ...(!isScrubbed && { freePages: 1 }) } };
  };
  return { look: (person) => purge(person, true), forget: (person) => purge(person, false) };
}

async function openTarget(place: string, state: string | undefined): Promise<PurgeableTarget> {
  const { openDuckDbTarget, openPostgresTarget, reopenFileTarget } = await import("../../src/data/index.ts");
  if (/^postgres/i.test(place) && isDatabase(place)) return openPostgresTarget({ url: place });
  if (isDatabase(place)) {
    const file = place.slice("duckdb:".length);
    requireFile(file);
    return openDuckDbTarget({ file });
  }
  const path = trimSlashes(place);
  requireFile(path);
  const stateFile = state ?? `${path}.state`;
  if (!existsSync(stateFile))
    throw new UsageError(`--export: there is no ${stateFile}, which says what ${path} has: name it with --state.`);
  return reopenFileTarget({ path, state: stateFile });
}

function requireFile(path: string): void {
  if (!existsSync(path)) throw new UsageError(`--export: there is no export ${path}.`);
}

/** A URL's user and password are not shown. */
function formatPlace(place: string): string {
  if (!/^postgres/i.test(place) || !URL.canParse(place)) return place;
  const { host, pathname } = new URL(place);
  return `postgres://${host}${pathname}`;
}
