/**
 * What is tried: one plan a seed, drawn from the product of faults, server behaviours, ways to use references, processes,
 * crashes and clock jumps. A plan is data; `run.ts` makes it happen.
 */
import { serverBehaviours, serverOf } from "./behaviours.ts";
import { doubtful, type Fault, lookFaults, proofs, slow, tooSlow } from "./faults.ts";
import type { ServerBehaviour } from "./onsync-model.ts";
import type { Platform, ProcessPlan } from "./process.ts";
import { createRandom, type Random } from "./random.ts";

/** A message that somebody wants sent once. */
export type Intent = {
  platform: Platform;
  to: string;
  content: string;
  /** `null`: the client makes one for each call, and each call is a message of its own. */
  reference: string | null;
  referenceIn: "option" | "metadata" | "both";
};

export type Call = {
  intent: number;
  process: number;
  /** After its stage began. */
  startMs: number;
  abortAfterMs?: number;
};

/** Calls that run side by side. A stage begins so long after the one before it ended. */
export type Stage = { waitMs: number; calls: Call[] };

export type ClockJump = { process: number; atMs: number; byMs: number };

export type Sharing =
  /** One process, with the ledger that a client has by itself. */
  | "one process"
  /** Each process has the one ledger, which outlives them. */
  | "shared ledger"
  /** Processes that share nothing: the history alone tells. */
  | "no shared ledger";

export type Plan = {
  seed: number;
  behaviour: string;
  server: ServerBehaviour;
  posts: Fault[];
  looks: Fault[];
  shape: string;
  sharing: Sharing;
  processes: ProcessPlan[];
  intents: Intent[];
  stages: Stage[];
  jumps: ClockJump[];
  /** The ledger's own clock jumps with the first process's. */
  ledgerClockJumps: boolean;
  ledgerEngine: "plain" | "memory";
  /** A second deviation of the server. */
  also: string | null;
  /** A receiver of webhooks tells the shared ledger of a message so long after it came to be; `null`: there is none. */
  webhookAfterMs: number | null;
};

export const minute = 60_000;
export const hour = 60 * minute;

const recipients = [
  ["whatsapp", "+971500000001"],
  ["whatsapp", "+971500000002"],
  ["instagram", "Sara.Hussein"],
  ["facebook", "1029384756"],
  ["telegram", "@Expo_Lead"],
] as const;

const shapes = [
  "single",
  "at once",
  "replay at once",
  "replay later",
  "replay at once and later",
  "other message at once",
  "other message later",
  "a conversation that is known",
  "references that look alike",
  "aborted",
] as const;

export const arrangements = [
  "one process",
  "two processes",
  "crash",
  "restart without ledger",
  "ledger fails",
] as const;

function pickFault(random: Random): Fault {
  const dice = random.next();
  if (dice < 0.25) return random.pick(proofs);
  if (dice < 0.92) return random.pick(doubtful);
  return random.pick([slow, tooSlow]);
}

function several(random: Random, most: number, pick: () => Fault): Fault[] {
  return Array.from({ length: random.chance(0.7) ? Math.min(1, most) : random.whole(0, most) }, pick);
}

/** What a plan is drawn from, where it is not everything. */
export type Limits = {
  behaviour?: string;
  arrangement?: (typeof arrangements)[number];
  shape?: (typeof shapes)[number];
  reference?: boolean;
  posts?: Fault[];
  looks?: Fault[];
};

/** The plan of a seed. */
export function drawPlan(seed: number, limits: Limits = {}): Plan {
  const random = createRandom(seed);
  const drawnBehaviour = random.chance(0.3) ? "conforming" : random.pick(serverBehaviours).name;
  const drawnArrangement = random.chance(0.4) ? "one process" : random.pick(arrangements);
  const drawnShape = random.pick(shapes);
  const behaviour = limits.behaviour ?? drawnBehaviour;
  const arrangement = limits.arrangement ?? drawnArrangement;
  const shape = limits.shape ?? drawnShape;
  const posts = random.chance(0.1) ? [] : several(random, 3, () => pickFault(random));
  // A fault after a good send: for shapes that send twice.
  if (random.chance(0.2)) posts.push(pickFault(random));
  const looks = random.chance(0.6) ? [] : several(random, 4, () => random.pick(lookFaults));
  const server = serverOf(behaviour);
  // Two deviations in one server.
  const other = random.chance(0.15) && limits.behaviour === undefined ? random.pick(serverBehaviours) : null;
  Object.assign(server, other?.server);

  const hasReference =
    limits.reference ?? (arrangement !== "one process" || shape.startsWith("other") || random.chance(0.7));
  const [platform, to] = random.pick(recipients);
  // A reference is whatever a caller's database calls it.
  const reference = random.chance(0.6)
    ? `order-${seed}`
    : random.pick([
        String(1_000_000 + seed),
        "__proto__",
        "constructor",
        ` order ${seed}`,
        `"${seed}"\n%2F/🧾`,
        "r".repeat(200),
      ]);
  const intent = (index: number, changes: Partial<Intent> = {}): Intent => ({
    platform,
    to,
    content: `Text ${index} of run ${seed}`,
    reference: hasReference ? reference : null,
    referenceIn: random.pick(["option", "metadata", "both"]),
    ...changes,
  });
  const intents: Intent[] = [intent(0)];
  if (shape.startsWith("other")) {
    const [otherPlatform, otherTo] = random.pick(recipients.filter(([, address]) => address !== to));
    intents.push(intent(1, random.chance(0.5) ? {} : { platform: otherPlatform, to: otherTo }));
  }
  const alike = shape === "references that look alike";
  if (alike)
    intents.push(
      intent(1, {
        reference: hasReference
          ? random.pick([
              `${reference.slice(0, 199)} `,
              reference.toUpperCase() === reference ? `${reference.slice(1)}` : reference.toUpperCase(),
            ])
          : null,
      }),
    );
  const known = shape === "a conversation that is known";
  if (known) intents.push(intent(1, { reference: hasReference ? `greeting-${seed}` : null }));

  const second = arrangement === "one process" || arrangement === "ledger fails" ? 0 : 1;
  const first: Call = { intent: 0, process: 0, startMs: 0 };
  const stages: Stage[] = known ? [{ waitMs: 0, calls: [{ intent: 1, process: 0, startMs: 0 }] }] : [];
  const begin: Stage = { waitMs: known ? random.pick([0, minute]) : 0, calls: [first] };
  stages.push(begin);
  const later = () => random.pick([6 * minute, 2 * hour]);
  const replay = (process: number): Call[] => [{ intent: 0, process, startMs: 0 }];
  switch (shape) {
    case "single":
    case "a conversation that is known":
      // A crash is only interesting to somebody who comes back.
      if (arrangement !== "one process") {
        stages.push({ waitMs: random.pick([0, 1_000, 20_000, minute]), calls: replay(second) });
        stages.push({ waitMs: later(), calls: replay(second) });
      }
      break;
    case "at once":
      begin.calls.push({
        intent: 0,
        process: second,
        startMs: random.pick([0, 0, 1, 100, 1_000, 5_000, 20_000, minute, 6 * minute]),
      });
      if (random.chance(0.3)) begin.calls.push({ intent: 0, process: 0, startMs: random.pick([0, 50, 2_000]) });
      if (random.chance(0.3)) stages.push({ waitMs: later(), calls: replay(second) });
      break;
    case "replay at once":
      stages.push({ waitMs: random.pick([0, 0, 500, 5_000, minute]), calls: replay(second) });
      break;
    case "replay later":
      stages.push({ waitMs: later(), calls: replay(second) });
      break;
    case "replay at once and later":
      stages.push({ waitMs: random.pick([0, 1_000]), calls: replay(second) });
      stages.push({ waitMs: 6 * minute, calls: [...replay(second), ...(random.chance(0.5) ? replay(0) : [])] });
      stages.push({ waitMs: 2 * hour, calls: replay(0) });
      break;
    case "other message at once":
      begin.calls.push({ intent: 1, process: second, startMs: random.pick([0, 1, 100, 5_000]) });
      break;
    case "other message later":
      stages.push({
        waitMs: random.pick([0, minute, 6 * minute, 2 * hour]),
        calls: [{ intent: 1, process: second, startMs: 0 }],
      });
      if (random.chance(0.5)) stages.push({ waitMs: random.pick([0, 6 * minute]), calls: replay(second) });
      break;
    case "references that look alike":
      begin.calls.push({ intent: 1, process: second, startMs: random.pick([0, 1, 100]) });
      stages.push({
        waitMs: random.pick([0, 6 * minute]),
        calls: [...replay(second), { intent: 1, process: 0, startMs: random.pick([0, 0, 5, 20, 40, 80]) }],
      });
      break;
    case "aborted":
      first.abortAfterMs = random.pick([0, 1, 10, 60, 500, 4_000, 12_000]);
      stages.push({ waitMs: random.pick([0, 6 * minute]), calls: replay(second) });
      break;
  }

  const deadlineMs = random.chance(0.15) ? random.pick([50, 1_000, 5_000, 12_000]) : undefined;
  const shared: ProcessPlan = {
    ...(random.chance(0.2) ? { deaf: true } : {}),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  };
  const processes: ProcessPlan[] = [{ ...shared }];
  if (second === 1) processes.push({ ...shared });
  if (arrangement === "crash" || arrangement === "restart without ledger") {
    const crash = random.chance(0.8)
      ? { step: random.whole(1, 7), when: random.pick(["before", "after"] as const) }
      : { afterMs: random.whole(0, 9_000) };
    (processes[0] as ProcessPlan).crash = crash;
  }
  if (arrangement === "two processes" && random.chance(0.3))
    (processes[0] as ProcessPlan).pause = {
      step: random.whole(1, 6),
      ms: random.pick([500, 20_000, 6 * minute, 7 * minute, 2 * hour]),
    };
  if (arrangement === "ledger fails")
    (processes[0] as ProcessPlan).ledgerFault = {
      call: random.whole(1, 5),
      done: random.chance(0.5),
      hangs: random.chance(0.3),
    };

  const jumps: ClockJump[] = random.chance(0.2)
    ? Array.from({ length: random.whole(1, 2) }, () => ({
        process: random.whole(0, processes.length - 1),
        atMs: random.pick([0, 20, 100, 3_000, 45_000]),
        byMs: random.pick([-24, -1, 1, 24]) * hour,
      }))
    : [];
  return {
    seed,
    behaviour,
    server,
    posts: limits.posts ?? posts,
    looks: limits.looks ?? looks,
    shape: `${shape}, ${arrangement}, ${hasReference ? "reference" : "no reference"}`,
    sharing:
      arrangement === "one process"
        ? "one process"
        : arrangement === "restart without ledger"
          ? "no shared ledger"
          : "shared ledger",
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
