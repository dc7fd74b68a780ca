/** The shared ledger as one process reaches it: over a network, and failing once where its plan says so. */
import type { SendLedger } from "../../../src/client/ledger/ledger.ts";
import { networkError } from "../faults/answers.ts";
import type { Random } from "../random.ts";
import type { World } from "../virtual-time.ts";
import { type Lifecycle, never } from "./lifecycle.ts";
import type { LedgerFault } from "./plan.ts";

type Reach = {
  name: string;
  world: World;
  random: Random;
  lifecycle: Lifecycle;
  fault: LedgerFault | undefined;
  trace(line: () => string): void;
  /** Told of each reference whose `not_sent` the ledger answered with another state. */
  onOverruled(reference: string): void;
};

export function reachLedger(ledger: SendLedger, reach: Reach): SendLedger {
  const { name, world, random, lifecycle, trace } = reach;
  let calls = 0;

  const guard = <Arguments extends unknown[], Value>(call: string, act: (...values: Arguments) => Promise<Value>) => {
    return async (...values: Arguments): Promise<Value> => {
      const { happens, isHeard } = lifecycle.step();
      if (!happens) return never;
      calls += 1;
      const fault = reach.fault?.call === calls ? reach.fault : null;
      await world.sleep(random.whole(0, 3));
      if (fault !== null && !fault.done) {
        trace(() => `  ${name} ledger.${call}: ${fault.hangs ? "hangs" : "fails"}, not done`);
        if (fault.hangs) return never;
        throw networkError("ECONNRESET", "read", false);
      }
      const value = await act(...values);
      trace(
        () =>
          `  ${name} ledger.${call}(${JSON.stringify(values).slice(0, 200)}): ${JSON.stringify(value)?.slice(0, 400)}`,
      );
      await world.sleep(random.whole(0, 3));
      if (!lifecycle.isUp() || !isHeard) return never;
      await new Promise<void>(lifecycle.reach);
      if (fault !== null) {
        trace(() => `  ${name} ledger.${call}: ${fault.hangs ? "hangs" : "fails"}, done`);
        if (fault.hangs) return never;
        throw networkError("ECONNRESET", "read", false);
      }
      return value;
    };
  };

  const record: SendLedger["record"] = async (key, outcome, claimId) => {
    const entry = await ledger.record(key, outcome, claimId);
    if (outcome.state === "not_sent" && entry !== null && entry.state !== "not_sent") reach.onOverruled(key.reference);
    return entry;
  };

  return {
    durable: true,
    claim: guard("claim", ledger.claim.bind(ledger)),
    record: guard("record", record),
    find: guard("find", ledger.find.bind(ledger)),
    get: guard("get", ledger.get.bind(ledger)),
    list: guard("list", ledger.list.bind(ledger)),
    note: guard("note", ledger.note.bind(ledger)),
    setNote: guard("setNote", ledger.setNote.bind(ledger)),
    listNotes: guard("listNotes", ledger.listNotes.bind(ledger)),
    admit: guard("admit", ledger.admit.bind(ledger)),
    release: guard("release", ledger.release.bind(ledger)),
    close: async () => {},
  };
}
