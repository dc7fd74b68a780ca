/**
 * The app as the zip has it. `scripts/zapier/definition.ts` writes what Zapier reads of a step (fields, labels, samples) into
 * the zip as data, so that starting loads no step's code: a step's module is loaded when Zapier first calls the step.
 */
import type { Bundle, ZObject } from "zapier-platform-core";

/** Where a function stands in a step: names of properties, and positions in lists. */
export type Place = readonly (string | number)[];

type StepFunction = (z: ZObject, bundle: Bundle) => unknown;

function getAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((at, name) => (at as Record<string | number, unknown>)[name], value);
}

/**
 * Puts a function at each place of a step that is data, which calls the one at the same place of the step that is code.
 *
 * @param load gives the step that is code
 */
export function performLater(step: object, places: readonly Place[], load: () => Promise<unknown>): void {
  for (const place of places) {
    const parent = getAt(step, place.slice(0, -1)) as Record<string | number, StepFunction>;
    parent[place.at(-1) as string | number] = async (z, bundle) =>
      (getAt(await loadStep(load, z), place) as StepFunction)(z, bundle);
  }
}

/** Zapier appends the bundle, in which secrets are, to errors that are not its own: so it gets none of Node's. */
async function loadStep(load: () => Promise<unknown>, z: ZObject): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    z.console.error(String(error));
    throw new z.errors.Error(
      "Zapier could not load the OnSync integration. Run the Zap again; if it goes on, write to support@onsync.com.",
      "internal",
      500,
    );
  }
}
