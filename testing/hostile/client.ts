/** The one door to what is under test. */
import { createMemoryLedger, createOnSync } from "../../src/client/index.ts";
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import type { MachineClock } from "./machine-clock.ts";
import type { CreateClient } from "./process/client-options.ts";

export const createRealClient: CreateClient = (options) => createOnSync(options);

export function createClientsLedger(clock: MachineClock): SendLedger {
  return createMemoryLedger({ clock });
}
