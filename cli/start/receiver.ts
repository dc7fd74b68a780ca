/**
 * The webhook receiver of `onsync start`: events are kept beside the made-up data (or in memory, as that is), for
 * assistants that wait for them. Nobody else is handed them: that is what `onsync listen` is for.
 */

import type { Deliver } from "../../reference/index.ts";
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import { createGuardedDeliver, type DeliveryRules } from "../../src/http/guarded-post.ts";
import type { ReadinessCheck } from "../../src/http/probes.ts";
import { settlingSends } from "../../src/ledger/settle-event.ts";
import {
  createDurableLog,
  createReceiver,
  type EventReader,
  functionSink,
  startDispatcher,
} from "../../src/webhooks/index.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { createStoreCheck } from "../../src/webhooks/store/store-check.ts";
import { countDeliveries, countHandOns } from "../metrics/hooks.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { type Log, toLogFunction } from "../output/log.ts";

export type StartedReceiver = {
  /** Answers `/hooks`. */
  answer(request: Request): Promise<Response>;
  /** What assistants wait on. */
  events: EventReader;
  /** What `/readyz` asks of it. */
  check: ReadinessCheck;
  close(): Promise<void>;
};

/**
 * Deliveries to the receiver of the same server, which stay in the process, and all others over the network, where none
 * may come back to this server.
 */
export function routeDeliveries(
  receiver: () => StartedReceiver | undefined,
  url: string,
  rules: DeliveryRules,
): Deliver {
  const elsewhere = createGuardedDeliver(rules);
  return async (request) => {
    if (request.url !== url) return elsewhere(request);
    const here = receiver();
    if (here === undefined) throw new Error("the receiver is not there yet");
    const { headers, body } = request;
    const response = await here.answer(new Request(url, { method: "POST", headers, body }));
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  };
}

/** A log whose waits end, with what is there, when the program stops: nobody is kept waiting by a wait. */
export function endWaitsOnStop(events: EventReader, stopped: AbortSignal): EventReader {
  return {
    wait: async (options) => {
      const signal = options.signal ? AbortSignal.any([options.signal, stopped]) : stopped;
      try {
        return await events.wait({ ...options, signal });
      } catch (error) {
        if (options.signal?.aborted || !stopped.aborted) throw error;
        return events.wait({ ...options, timeoutMs: 0 });
      }
    },
  };
}

/** Beside the data file of the reference API, so that agents' cursors survive a restart as the data does. */
function findEventFile(data: string | undefined): string {
  return data === undefined ? ":memory:" : `${data}-events`;
}

type ReceiverChoice = {
  /** The file of the made-up data; `undefined`: memory. */
  data: string | undefined;
  secrets: readonly string[];
  /** Sends whose outcome an event settles. */
  sends: { ledger: SendLedger; scope: string };
  metrics?: Metrics | undefined;
};

export function startReceiver(log: Log, { data, secrets, sends, metrics }: ReceiverChoice): StartedReceiver {
  const store = openSqliteStore({ file: findEventFile(data) });
  const unsettled = (err: unknown) => log.error({ err }, "an event could not settle its send in the ledger");
  metrics?.readStore(store);
  const receiver = createReceiver({
    secrets,
    store: settlingSends(store, sends, unsettled),
    log: toLogFunction(log),
    onDelivery: countDeliveries(metrics),
  });
  const dispatcher = startDispatcher({ store, sink: functionSink(() => {}), onHandOn: countHandOns(metrics) });
  return {
    answer: (request) => receiver.fetch(request),
    events: createDurableLog(store),
    check: createStoreCheck(store),
    async close() {
      await dispatcher.close();
      await store.close();
    },
  };
}
