/** When nothing is disturbed any more: what is open is asked about until it has an end, and what waits is delivered. */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import type { Agents } from "../traffic/agent.ts";
import { runCommand } from "../traffic/run-command.ts";
import type { Zaps } from "../traffic/zaps.ts";
import { readOpenDeliveries } from "./data-file.ts";
import type { World } from "./world.ts";

const upMs = 60_000;
const sendsMs = 90_000;
const eventsMs = 120_000;
const lookMs = 1_000;
/** All that a delivery waits between two attempts. */
const retriesMs = 11 * 60_000;

type Open = { world: World; zaps: Zaps; agents: Agents; tell: (line: string) => void };

async function waitUntil(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until; await delay(lookMs))
    if (await condition()) return true;
  return false;
}

export async function settle(open: Open): Promise<void> {
  const { world, tell } = open;
  const servers = [world.api, ...world.receivers, ...world.assistants, ...world.senders, ...world.workers];
  if (!(await waitUntil(upMs, () => servers.every(({ isUp }) => isUp)))) tell("Not everything is up again.");
  await waitUntil(upMs, () => world.proxy.wire.every(({ answeredAt }) => answeredAt !== null));
  if (!(await waitUntil(sendsMs, () => settleSends(open)))) tell("Sends are open.");
  if (!(await waitUntil(eventsMs, () => deliverAll(world)))) tell("Events are not handed on.");
  await world.exporter.stop();
  await world.thrifty.stop();
  // It may give up and say so; the same command goes on.
  for (let tries = 0; tries < 3; tries++) {
    const { code, err } = await runCommand(world.exportArgs, world.exportEnv);
    if (code === 0 || code === 3) return;
    tell(`The last export ended with ${code}: ${err.trim()}`);
  }
}

/** @returns whether all that is open is not there, and may stay unknown for its time */
async function settleSends({ world, zaps, agents }: Open): Promise<boolean> {
  zaps.replay();
  await agents.settle();
  const contents = readContents(world.dataFile);
  const isEnded = (content: string, outcome: string | null | undefined) =>
    outcome === "sent" || (outcome !== undefined && outcome !== null && !contents.has(content));
  const jobsEnded = zaps
    .listOpen()
    .every(({ content, told }) => told.at(-1)?.outcome === "unknown" && isEnded(content, "unknown"));
  return (
    jobsEnded &&
    agents.proposals.every(({ content, state, decisions }) =>
      [content, ...decisions.map((each) => each.content)].every((text) => isEnded(text, state)),
    )
  );
}

function readContents(file: string): Set<string> {
  const sql = new DatabaseSync(file, { readOnly: true });
  try {
    return new Set(
      sql
        .prepare("SELECT content FROM messages WHERE direction = 'outbound'")
        .all()
        .map(({ content }) => String(content)),
    );
  } finally {
    sql.close();
  }
}

/** What failed is delivered once more, as a person would have it. @returns whether nothing waits any more */
async function deliverAll({ control, dataFile, gate, sink }: World): Promise<boolean> {
  await control.ask("POST", "/clock", { advanceMs: retriesMs });
  const open = readOpenDeliveries(dataFile);
  for (const { id, status } of open) if (status === "failed") await control.ask("POST", `/deliveries/${id}/redeliver`);
  const accepted = new Set(sink.seen.filter((each) => each.accepted).map(({ id }) => id));
  return open.length === 0 && [...gate.sent.keys()].every((id) => accepted.has(id));
}
