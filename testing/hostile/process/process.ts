/** One process that uses the client: its own client, clock and way to OnSync. */
import type { SendLedger } from "../../../src/client/ledger/ledger.ts";
import { createMachineClock, type MachineClock } from "../machine-clock.ts";
import type { Random } from "../random.ts";
import type { ServerModel } from "../server/model.ts";
import type { World } from "../virtual-time.ts";
import type { CreateClient, Sender } from "./client-options.ts";
import { reachLedger } from "./ledger.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { ProcessPlan } from "./plan.ts";
import { createTransport } from "./transport.ts";

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

/** What the processes of a run share. */
export type Surroundings = {
  world: World;
  random: Random;
  server: ServerModel;
  ledger: SendLedger | null;
  createClient: CreateClient;
  trace(line: () => string): void;
};

export function createProcess(name: string, plan: ProcessPlan, surroundings: Surroundings): Process {
  const { world, random, server, ledger, createClient, trace } = surroundings;
  const lifecycle = createLifecycle(name, world, plan, trace);
  const machine = createMachineClock(world, lifecycle.reach);
  const overruled = new Set<string>();
  const reachable =
    ledger &&
    reachLedger(ledger, {
      name,
      world,
      random,
      lifecycle,
      fault: plan.ledgerFault,
      trace,
      onOverruled: (reference) => overruled.add(reference),
    });
  const client = createClient({
    apiKey: "onsync_pk_test_hostile",
    baseUrl,
    transport: createTransport(name, server, lifecycle, plan.deaf === true),
    clock: machine.clock,
    random: () => random.next(),
    uuid: () => random.uuid(),
    ...(plan.deadlineMs === undefined ? {} : { deadlineMs: plan.deadlineMs }),
    ...(reachable ? { ledger: reachable } : {}),
    onDrift: (event) => trace(() => `  ${name} drift: ${JSON.stringify(event)?.slice(0, 200)}`),
  });
  return {
    name,
    client,
    isUp: lifecycle.isUp,
    crashed: lifecycle.crashed,
    overruled,
    jumpClock: machine.jump,
    clock: machine.clock,
  };
}
