/**
 * One process that uses the client: its own client, clock and way to OnSync. It can be cut off for good, at any step:
 * nothing that it would do later happens any more, and nothing reaches it.
 */
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import { networkError } from "./faults.ts";
import type { OutgoingRequest, ServerModel } from "./onsync-model.ts";
import type { Random } from "./random.ts";
import { createMachineClock, type MachineClock, type World } from "./virtual-time.ts";

/** A step is a call to the network or to the ledger. */
export type Crash =
  /** Before the n-th step (nothing of it happens) or after it (it happens, and nobody learns of it). */
  | { step: number; when: "before" | "after" }
  /** So long after its first step. */
  | { afterMs: number };

/**
 * The ledger fails once, at its n-th call: with or without having done what it was asked for, with an error or by never
 * answering.
 */
export type LedgerFault = { call: number; done: boolean; hangs: boolean };

/** The process stands still (SIGSTOP, a machine that sleeps) once its n-th step is on its way, for so long. */
export type Pause = { step: number; ms: number };

export type Platform = "whatsapp" | "instagram" | "facebook" | "telegram";
export type SendInput = {
  platform: Platform;
  to: string;
  messageType: "text";
  content: string;
  metadata?: Record<string, unknown>;
};
export type SendOptions = { clientReference?: string; signal?: AbortSignal; deadlineMs?: number };
export type Sender = { messages: { send(input: SendInput, options?: SendOptions): Promise<unknown> } };

export type ClientOptions = {
  apiKey: string;
  baseUrl: string;
  transport(request: OutgoingRequest): Promise<{
    status: number;
    headers: Record<string, string>;
    text: string;
    incomplete?: Error;
  }>;
  clock: MachineClock;
  random(): number;
  uuid(): string;
  deadlineMs?: number;
  maxAttempts?: number;
  ledger?: SendLedger;
  ledgerScope?: string;
  onDrift?(event: unknown): void;
};
/** `createOnSync`, or a client that is wrong on purpose. */
export type CreateClient = (options: ClientOptions) => Sender;

/** What the clients talk to, and what names their account in the ledger. */
export const baseUrl = "https://api.example.com/v1";

export type Process = {
  name: string;
  client: Sender;
  isUp(): boolean;
  /** Resolves when it is cut off; never otherwise. */
  crashed: Promise<void>;
  /** References whose `not_sent` the ledger answered with another state: somebody else had claimed them meanwhile. */
  overruled: Set<string>;
  jumpClock(ms: number): void;
  clock: MachineClock;
};

export type ProcessPlan = {
  crash?: Crash;
  ledgerFault?: LedgerFault;
  pause?: Pause;
  /** The transport never hears an abort: what is silent stays silent. */
  deaf?: boolean;
  deadlineMs?: number;
};

export function createProcess(
  name: string,
  world: World,
  random: Random,
  server: ServerModel,
  ledger: SendLedger | null,
  createClient: CreateClient,
  plan: ProcessPlan,
  trace: (line: () => string) => void,
): Process {
  let up = true;
  let steps = 0;
  let ledgerCalls = 0;
  let wentDown = () => {};
  const crashed = new Promise<void>((resolve) => {
    wentDown = resolve;
  });
  let standsStillUntil = 0;
  /** What reaches the process, once it moves. */
  const reach = (act: () => void): void => {
    if (!up) return;
    if (world.now() < standsStillUntil) world.after(standsStillUntil - world.now(), () => reach(act));
    else act();
  };
  const machine = createMachineClock(world, reach);
  const goDown = (): void => {
    if (!up) return;
    up = false;
    trace(() => `${name} is cut off for good`);
    wentDown();
  };
  const never = new Promise<never>(() => {});

  /** @returns whether this step happens at all, and whether anybody learns of it */
  const step = (): { happens: boolean; isHeard: boolean } => {
    if (!up) return { happens: false, isHeard: false };
    steps += 1;
    const { crash, pause } = plan;
    if (pause?.step === steps) {
      standsStillUntil = world.now() + pause.ms;
      trace(() => `${name} stands still for ${pause.ms} ms`);
    }
    if (crash === undefined) return { happens: true, isHeard: true };
    if ("afterMs" in crash) {
      if (steps === 1) world.after(crash.afterMs, goDown);
      return { happens: true, isHeard: true };
    }
    if (steps !== crash.step) return { happens: true, isHeard: true };
    if (crash.when === "before") {
      goDown();
      return { happens: false, isHeard: false };
    }
    // It is on its way; the process is gone before it hears of it.
    queueMicrotask(goDown);
    return { happens: true, isHeard: false };
  };

  const transport: ClientOptions["transport"] = (request) => {
    if (request.signal?.aborted && !plan.deaf) return Promise.reject(request.signal.reason);
    const { happens, isHeard } = step();
    if (!happens) return never;
    return new Promise((resolve, reject) => {
      let givenUp = false;
      const abort = () => {
        givenUp = true;
        if (up) reject(request.signal?.reason);
      };
      if (!plan.deaf) request.signal?.addEventListener("abort", abort, { once: true });
      server.attempt(name, request, (answer) => {
        request.signal?.removeEventListener("abort", abort);
        if (!up || !isHeard || givenUp) return false;
        reach(() => {
          if ("reject" in answer) reject(answer.reject);
          else resolve(answer);
        });
        return true;
      });
    });
  };

  const guarded = <Arguments extends unknown[], Value>(call: string, act: (...given: Arguments) => Promise<Value>) => {
    return async (...given: Arguments): Promise<Value> => {
      const { happens, isHeard } = step();
      if (!happens) return never;
      ledgerCalls += 1;
      const fault = plan.ledgerFault?.call === ledgerCalls ? plan.ledgerFault : null;
      await world.sleep(random.whole(0, 3));
      if (fault !== null && !fault.done) {
        trace(() => `  ${name} ledger.${call}: ${fault.hangs ? "hangs" : "fails"}, not done`);
        if (fault.hangs) return never;
        throw networkError("ECONNRESET", "read", false);
      }
      const value = await act(...given);
      trace(
        () =>
          `  ${name} ledger.${call}(${JSON.stringify(given).slice(0, 200)}): ${JSON.stringify(value)?.slice(0, 400)}`,
      );
      await world.sleep(random.whole(0, 3));
      if (!up || !isHeard) return never;
      await new Promise<void>(reach);
      if (fault !== null) {
        trace(() => `  ${name} ledger.${call}: ${fault.hangs ? "hangs" : "fails"}, done`);
        if (fault.hangs) return never;
        throw networkError("ECONNRESET", "read", false);
      }
      return value;
    };
  };
  const overruled = new Set<string>();
  const record: SendLedger["record"] | undefined =
    ledger === null
      ? undefined
      : async (key, outcome, claimId) => {
          const entry = await ledger.record(key, outcome, claimId);
          if (outcome.state === "not_sent" && entry !== null && entry.state !== "not_sent")
            overruled.add(key.reference);
          return entry;
        };
  const shared: SendLedger | undefined =
    ledger && record
      ? {
          durable: true,
          claim: guarded("claim", ledger.claim.bind(ledger)),
          record: guarded("record", record),
          find: guarded("find", ledger.find.bind(ledger)),
          get: guarded("get", ledger.get.bind(ledger)),
          list: guarded("list", ledger.list.bind(ledger)),
          note: guarded("note", ledger.note.bind(ledger)),
          setNote: guarded("setNote", ledger.setNote.bind(ledger)),
          admit: guarded("admit", ledger.admit.bind(ledger)),
          release: guarded("release", ledger.release.bind(ledger)),
          close: async () => {},
        }
      : undefined;

  return {
    name,
    client: createClient({
      apiKey: "onsync_pk_test_hostile",
      baseUrl,
      transport,
      clock: machine.clock,
      random: () => random.next(),
      uuid: () => random.uuid(),
      ...(plan.deadlineMs === undefined ? {} : { deadlineMs: plan.deadlineMs }),
      ...(shared ? { ledger: shared } : {}),
      onDrift: (event) => trace(() => `  ${name} drift: ${JSON.stringify(event)?.slice(0, 200)}`),
    }),
    isUp: () => up,
    crashed,
    overruled,
    jumpClock: machine.jump,
    clock: machine.clock,
  };
}
