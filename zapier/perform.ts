/** What every function that Zapier calls has in common: a client, a budget of time, errors that Zapier can show. */
import type { Bundle, ZObject } from "zapier-platform-core";
import type { OnSync } from "../src/client/index.ts";
import { createClient, stepBudgetMs } from "./connection/client.ts";
import { type ErrorTexts, toZapierError } from "./errors.ts";

/** What a step of a Zap runs with. */
export type PerformContext = {
  onsync: OnSync;
  z: ZObject;
  bundle: Bundle;
  /** Ends with the step's budget of time. */
  signal: AbortSignal;
  /** How long the step has taken so far, in milliseconds. */
  getElapsedMs(): number;
};

/** @param budgetMs for all that `run` does, in milliseconds */
export function perform<Result>(
  run: (context: PerformContext) => Promise<Result>,
  errorTexts?: ErrorTexts,
  budgetMs = stepBudgetMs,
) {
  return async (z: ZObject, bundle: Bundle): Promise<Result> => {
    const signal = AbortSignal.timeout(budgetMs);
    const startedAt = performance.now();
    const getElapsedMs = () => performance.now() - startedAt;
    try {
      return await run({ onsync: createClient(z, bundle), z, bundle, signal, getElapsedMs });
    } catch (error) {
      if (signal.aborted && error === signal.reason)
        throw new z.errors.Error("OnSync did not answer in time. Run the Zap again in a minute.", "timeout");
      throw toZapierError(z, bundle, error, errorTexts);
    }
  };
}
