/**
 * What is tried: one plan a seed, drawn from the product of faults, server behaviours, ways to use references, processes,
 * crashes and clock jumps.
 */
import { doubtful } from "../faults/doubtful.ts";
import { type Fault, slow, tooSlow } from "../faults/fault.ts";
import { historyFaults } from "../faults/history.ts";
import { proofs } from "../faults/proofs.ts";
import { findServerBehaviour, serverBehaviours } from "../promises/servers.ts";
import { createRandom, type Random } from "../random.ts";
import { drawIntents } from "./intents.ts";
import { minute, type Plan } from "./plan.ts";
import { type Arrangement, arrangements, drawClockJumps, drawProcesses, sharings } from "./processes.ts";
import { drawStages, type Shape, shapes } from "./stages.ts";

/** What a plan is drawn from, where it is not everything. */
export type Limits = {
  behaviour?: string;
  arrangement?: Arrangement;
  shape?: Shape;
  reference?: boolean;
  sendFaults?: Fault[];
  historyFaults?: Fault[];
};

function drawSendFault(random: Random): Fault {
  const dice = random.next();
  if (dice < 0.25) return random.pick(proofs);
  if (dice < 0.92) return random.pick(doubtful);
  return random.pick([slow, tooSlow]);
}

function drawSeveral(random: Random, max: number, draw: () => Fault): Fault[] {
  return Array.from({ length: random.chance(0.7) ? Math.min(1, max) : random.whole(0, max) }, draw);
}

function drawFaults(random: Random): { sendFaults: Fault[]; historyFaults: Fault[] } {
  const sendFaults = random.chance(0.1) ? [] : drawSeveral(random, 3, () => drawSendFault(random));
  // A fault after a good send: for shapes that send twice.
  if (random.chance(0.2)) sendFaults.push(drawSendFault(random));
  return {
    sendFaults,
    historyFaults: random.chance(0.6) ? [] : drawSeveral(random, 4, () => random.pick(historyFaults)),
  };
}

/** The plan of a seed. */
export function drawPlan(seed: number, limits: Limits = {}): Plan {
  const random = createRandom(seed);
  const drawnBehaviour = random.chance(0.3) ? "conforming" : random.pick(serverBehaviours).name;
  const drawnArrangement = random.chance(0.4) ? "one process" : random.pick(arrangements);
  const drawnShape = random.pick(shapes);
  const { behaviour = drawnBehaviour, arrangement = drawnArrangement, shape = drawnShape } = limits;
  const faults = drawFaults(random);
  // Two deviations in one server.
  const other = random.chance(0.15) && limits.behaviour === undefined ? random.pick(serverBehaviours) : null;
  const hasReference =
    limits.reference ?? (arrangement !== "one process" || shape.startsWith("other") || random.chance(0.7));
  const intents = drawIntents(random, seed, shape, hasReference);
  const second = arrangement === "one process" || arrangement === "ledger fails" ? 0 : 1;
  const stages = drawStages(random, shape, arrangement, second);
  const processes = drawProcesses(random, arrangement, second + 1);
  const jumps = drawClockJumps(random, processes.length);
  return {
    seed,
    behaviour,
    server: { ...findServerBehaviour(behaviour), ...other?.server },
    sendFaults: limits.sendFaults ?? faults.sendFaults,
    historyFaults: limits.historyFaults ?? faults.historyFaults,
    shape: `${shape}, ${arrangement}, ${hasReference ? "reference" : "no reference"}`,
    sharing: sharings[arrangement],
    processes,
    intents,
    stages,
    jumps,
    ledgerClockJumps: random.chance(0.5),
    ledgerEngine: random.chance(0.5) ? "plain" : "memory",
    also: other?.name ?? null,
    webhookAfterMs: random.chance(0.25) ? random.pick([0, 30, 1_000, 20_000, minute]) : null,
  };
}
