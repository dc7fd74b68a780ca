/**
 * Runs a schedule as Zapier would: what ended in an error or was cut off is run again by itself, what was throttled is
 * held and run again, what halted is left alone unless the user replays it. Between the rounds time passes.
 */
import { createRandom, type Random } from "../../hostile/random.ts";
import { judgeSends, type Verdict, type ZapRun } from "../judge.ts";
import type { Connection, Outcome, Platform } from "../platform.ts";
import type { World } from "../world.ts";
import { type PlannedRun, type Schedule, templateName } from "./draw.ts";
import { drawTrouble, type Mood } from "./trouble.ts";

export type ScheduleResult = { verdicts: Verdict[]; zapRuns: ZapRun[]; requests: number; trace: string[] };

const maxRounds = 7;
const calm: Mood = { api: false, cache: false, kills: false };
const pauses = [0, 10_000, 60_000, 6 * 60_000, 30 * 60_000, 10 * 3_600_000];
/** What is remembered of a send without a reference, and WhatsApp's window, end after a day. */
const maxPausesMs = 20 * 3_600_000;

type Live = ZapRun & { planned: PlannedRun; isDue: boolean };

async function prepare(world: World, schedule: Schedule): Promise<void> {
  const { control } = world.reference;
  for (const to of new Set(schedule.runs.map(({ wanted }) => wanted.to)))
    await control.inbound({ platform: "whatsapp", from: to, content: "Hi, can you confirm my order?" });
  await control.templates.save({
    name: templateName,
    language: "en",
    status: "approved",
    components: [{ type: "body", text: "Your order {{1}}" }],
  });
  await control.behaviour(schedule.behaviour);
}

/** Whether Zapier, or its user, runs it again after this. */
function isRunAgain({ kind }: Outcome, random: Random, hasReference: boolean): boolean {
  switch (kind) {
    case "throttled":
      return true;
    case "error":
    case "killed":
      return random.chance(0.85);
    case "halted":
      return random.chance(0.5);
    case "success":
      // Without a reference of the Zap's own, a run that is replayed is asked to send once more.
      return hasReference && random.chance(0.3);
  }
}

/** @param leftMs how much longer the schedule may last */
function drawPause(due: readonly Live[], random: Random, leftMs: number): number {
  const held = due.flatMap(({ outcomes }) => {
    const last = outcomes.at(-1);
    return last?.kind === "throttled" ? [last.delaySeconds * 1000] : [];
  });
  return Math.max(Math.min(random.pick(pauses), leftMs), ...held);
}

function describe({ planned: { wanted, connection, zap } }: Live, outcome: Outcome): string {
  const { token, hosts: _, ...rest } = outcome;
  const said = outcome.kind === "success" ? { kind: "success", id: (outcome.output as { id?: string }).id } : rest;
  return `  ${token.slice(0, 8)} ${wanted.id} (Zap ${zap}, ${connection} connection): ${JSON.stringify(said)}`;
}

/** @param change what is to be otherwise in its world, before anything runs */
export async function runSchedule(
  platform: Platform,
  schedule: Schedule,
  change: (world: World) => void = () => {},
): Promise<ScheduleResult> {
  const world = platform.createWorld({ extensions: schedule.extensions });
  change(world);
  const random = createRandom(schedule.seed ^ 0x5eed);
  const trace: string[] = [];
  await prepare(world, schedule);
  const { key } = await world.reference.control.createKey();
  const connections = {
    first: platform.connect(world, "first"),
    second: platform.connect(world, "second", {
      ...(schedule.ownKeys && { key }),
      user: random.pick(["user_1", "user_2"]),
    }),
  };
  const lives = schedule.runs.map((planned): Live => ({ planned, wanted: planned.wanted, outcomes: [], isDue: true }));
  let pausedMs = 0;
  for (let round = 0; round < maxRounds && lives.some(({ isDue }) => isDue); round += 1) {
    const due = lives.filter(({ isDue }) => isDue);
    const pauseMs = round === 0 ? 0 : drawPause(due, random, maxPausesMs - pausedMs);
    pausedMs += pauseMs;
    await world.jump(pauseMs);
    const mood = schedule.moods[round] ?? calm;
    const isForgotten = schedule.forgets && random.chance(0.5);
    if (isForgotten) await forget(world);
    trace.push(`round ${round}, ${pauseMs / 1000} s later: ${JSON.stringify({ ...mood, isForgotten })}`);
    await runRound(platform, world, schedule, due, connections, mood, random, trace);
    for (const live of due)
      live.isDue = isRunAgain(live.outcomes.at(-1) as Outcome, random, "clientReference" in live.planned.inputData);
  }
  await world.tap.finishLateWork(true);
  const verdicts = judgeSends(world, lives);
  trace.push(...world.tap.requests.map(describeRequest));
  await platform.closeWorld(world);
  return { verdicts, zapRuns: lives, requests: world.tap.requests.length, trace };
}

/** The cache loses what it holds. What is on its way by then is done first: nobody could know of it any more. */
async function forget(world: World): Promise<void> {
  await world.tap.finishLateWork(true);
  world.cache.lose();
}

async function runRound(
  platform: Platform,
  world: World,
  { locks }: Schedule,
  due: readonly Live[],
  connections: Record<PlannedRun["connection"], Connection>,
  mood: Mood,
  random: Random,
  trace: string[],
): Promise<void> {
  const attempts = due.map((live) => ({ live, trouble: drawTrouble(random, mood) }));
  await Promise.all(
    attempts.map(async ({ live, trouble }) => {
      const { method, inputData, zap, connection, offsetMs } = live.planned;
      await world.clock.sleep(offsetMs);
      const bundle = { inputData, meta: { zap: { id: zap } } };
      const outcome = await platform.invoke(world, connections[connection], {
        method,
        bundle,
        storeKey: `zap_${zap}`,
        trouble,
        locks,
      });
      live.outcomes.push(outcome);
      trace.push(describe(live, outcome));
    }),
  );
}

function describeRequest({ run, method, path, status, messageId, fault }: World["tap"]["requests"][number]): string {
  const made = messageId === null ? "" : ` made ${messageId}`;
  return `  ${run.slice(0, 8)} ${method} ${path}: ${status ?? "not worked on"}${made}${fault === null ? "" : `, ${fault}`}`;
}
