/** Tries one way in with inputs of every kind, makes each that fails as small as it can, and goes on after it. */
import fc from "fast-check";
import type { OpenEntry } from "../entry.ts";

export type Failure = { kind: string; input: unknown; harms: readonly string[]; seed: number };
export type Fuzzed = { tried: number; failures: Failure[] };

/** Different failures after which an entry is left alone: there is enough to mend. */
const maxFailures = 20;
/** Inputs that are tried to make one that failed smaller. */
const maxShrinks = 400;

/** What two inputs that fail by the same mistake have in common: what was wrong, without how it showed this time. */
function describeKind(harms: readonly string[]): string {
  return [...new Set(harms.map((harm) => harm.split(": ", 1)[0]))].join("; ");
}

/**
 * @param seed of the run: the same inputs again
 * @param began told of each input before it is tried
 */
export async function fuzzEntry<Input>(
  entry: OpenEntry<Input>,
  { inputs, seed, began }: { inputs: number; seed: number; began(input: Input): void },
): Promise<Fuzzed> {
  const kinds = Object.entries(entry.kinds);
  const failures: Failure[] = [];
  const known = new Set<string>();
  let tried = 0;
  for (const [index, [kind, arbitrary]] of kinds.entries()) {
    let left = Math.ceil((inputs - tried) / (kinds.length - index));
    for (let round = 0; left > 0 && failures.length < maxFailures; round++) {
      // Each round is a run of its own, so that its seed alone brings it back.
      const roundSeed = (seed + index * 1009 + round * 7919) | 0;
      const failed = await fuzzRound(entry, arbitrary, { inputs: left, seed: roundSeed, known, began });
      tried += failed.tried;
      left -= failed.tried;
      if (failed.failure === undefined) break;
      failures.push({ kind, seed: roundSeed, ...failed.failure });
    }
  }
  return { tried, failures };
}

type Round<Input> = { inputs: number; seed: number; known: Set<string>; began(input: Input): void };

/** Until the inputs are tried, or one fails in a way that is not known yet. */
async function fuzzRound<Input>(
  entry: OpenEntry<Input>,
  arbitrary: fc.Arbitrary<Input>,
  { inputs, seed, known, began }: Round<Input>,
): Promise<{ tried: number; failure?: Pick<Failure, "input" | "harms"> }> {
  let failing: string | undefined;
  let smallest: Pick<Failure, "input" | "harms"> | undefined;
  let tried = 0;
  let shrinks = 0;
  const isFine = async (input: Input): Promise<boolean> => {
    if (failing === undefined) tried++;
    else if (shrinks++ > maxShrinks) return true;
    began(input);
    const harms = await entry.try(input);
    if (harms.length === 0) return true;
    const kind = describeKind(harms);
    if (known.has(kind) || (failing !== undefined && failing !== kind)) return true;
    failing = kind;
    smallest = { input, harms };
    return false;
  };
  const { errorInstance } = await fc.check(fc.asyncProperty(arbitrary, isFine), { seed, numRuns: inputs });
  if (failing === undefined && errorInstance) throw errorInstance;
  if (failing !== undefined) known.add(failing);
  return smallest === undefined ? { tried } : { tried, failure: smallest };
}
