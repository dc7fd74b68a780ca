/** What `/readyz` of `onsync listen` asks. */
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import type { ReadinessCheck } from "../../src/http/probes.ts";
import { createLedgerCheck } from "../../src/ledger/ledger-check.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { createStoreCheck } from "../../src/webhooks/store/store-check.ts";

type Parts = {
  store: EventStore;
  sink: { isReached(): boolean };
  ledger: SendLedger | undefined;
};

/**
 * That the sink is away makes a receiver unready only where somebody asks for it: a balancer that turns away for that keeps
 * deliveries from the one place where they would wait for the sink.
 */
export function createReadinessChecks(
  { maxLag }: { maxLag?: number | undefined },
  { store, sink, ledger }: Parts,
): Record<string, ReadinessCheck> {
  return {
    store: createStoreCheck(store),
    ...(ledger?.durable && { ledger: createLedgerCheck(ledger) }),
    ...(maxLag !== undefined && { sink: createLagCheck(store, sink, maxLag) }),
  };
}

function createLagCheck(store: EventStore, sink: Parts["sink"], maxLagMs: number): ReadinessCheck {
  return {
    problem: "is out of reach, and the oldest event has waited for longer than --max-lag",
    async ask() {
      if (sink.isReached()) return;
      const { oldestWaitingMs } = await store.stats();
      if ((oldestWaitingMs ?? 0) > maxLagMs) throw new Error(`the oldest has waited for ${oldestWaitingMs} ms`);
    },
  };
}
