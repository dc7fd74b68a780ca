/** An operation that sends, as a send of one step. */
import type * as z from "zod";
import { type Operation, parseInput, runOperation } from "../../src/operations/operation.ts";
import type { InputData } from "../input/input-data.ts";
import type { Send } from "./send-once.ts";

/** @throws ValidationError before anything is asked or noted */
export function toSend<Input extends z.ZodObject, Output extends z.ZodObject>(
  operation: Operation<Input, Output>,
  input: InputData,
): Send<z.output<Output>> {
  parseInput(operation, input);
  return {
    message: [operation.name, sortEntries(input)],
    run: (onsync, options) => runOperation(operation, onsync, input, options),
  };
}

/** So that what Zapier hands over in another order is the same. */
export function sortEntries(input: InputData): [string, unknown][] {
  return Object.entries(input).sort(([one], [other]) => (one < other ? -1 : 1));
}

/**
 * Zapier's lock of a step. Sends to one recipient run one after another, whichever connection they use, for longer than a
 * step can take.
 */
export function createLock(operation: Pick<Operation, "effect">, key: string) {
  return operation.effect === "sends" ? { key, timeout: 60 } : { key, scope: ["auth" as const], timeout: 30 };
}
