/** Everything that runs: the API, and three of each of the rest, each at a place of its own. */
import { join } from "node:path";
import { createRandom } from "../../hostile/random.ts";
import { findPorts, type Ground, hourlyLimit, layGround, replicas, webhookSecret } from "./ground.ts";
import { Slot, type SlotSettings } from "./slot.ts";

export const tokens = { mcp: "mcp-token-of-the-soak-alone", approvals: "approval-token-of-the-soak" };
/** Of the org's hour, what the thrifty export may take. */
const thriftyPercent = 1;
const thriftyPauseMs = 3_000;

export type World = Ground & {
  assistants: Slot[];
  assistantPorts: number[];
  senders: Slot[];
  workers: Slot[];
  exporter: Slot;
  thrifty: Slot;
  everyone: Slot[];
  exportArgs: string[];
  exportEnv: Record<string, string>;
  thriftyHourly: number;
  close(): Promise<void>;
};

export type WorldSettings = {
  folder: string;
  seed: number;
  onSender: (line: string) => void;
  writeWorkersFile: (url: string, orgs: Record<string, string>) => string;
};

const command = { script: "cli/onsync.ts", announces: true, jumps: true };

function openThree(
  kind: string,
  make: (name: string, place: number) => Promise<Omit<SlotSettings, "name">>,
): Promise<Slot[]> {
  const names = Array.from({ length: replicas }, (_, place) => `${kind} ${place + 1}`);
  return Promise.all(names.map(async (name, place) => new Slot({ name, ...(await make(name, place)) })));
}

function openReceivers({ receiverPorts, redis, sink, ledgerPlace, env }: Ground): Promise<Slot[]> {
  return openThree("receiver", async (_name, place) => ({
    ...command,
    args: [
      ...`listen --port ${receiverPorts[place]} --redis ${redis.url} --lease 3 --forward ${sink.url}`.split(" "),
      ...["--retry", "0.05", "--attempts", "10", "--ledger", ledgerPlace, "--json"],
    ],
    env: { ...env, ONSYNC_WEBHOOK_SECRETS: webhookSecret },
  }));
}

function openAssistants({ redis, ledgerPlace, connect }: Ground, ports: readonly number[]): Promise<Slot[]> {
  return openThree("MCP server", async (name, place) => ({
    ...command,
    args: [
      ...`mcp --http --port ${ports[place]} --send person --events ${redis.url} --json --ledger`.split(" "),
      ledgerPlace,
    ],
    env: { ...connect(name), ONSYNC_MCP_TOKEN: tokens.mcp, ONSYNC_APPROVAL_TOKEN: tokens.approvals },
  }));
}

function openExports({ folder, redis, connect }: Ground) {
  const exportEnv = { ...connect("export"), ONSYNC_LEDGER: join(folder, "export-ledger.db") };
  const exportArgs = [
    ...`export contacts messages conversations --format ndjson --events ${redis.url} --json --to`.split(" "),
    join(folder, "out"),
  ];
  const ended = { script: command.script, jumps: true, mayEndWith: [0, 1, 3] };
  const exporter = new Slot({ name: "export", ...ended, args: [...exportArgs, "--follow"], env: exportEnv });
  const thrifty = new Slot({
    ...{ name: "thrifty export", ...ended, pauseMs: thriftyPauseMs, env: connect("thrifty export") },
    args: [
      ...`export messages --format ndjson --json --budget ${thriftyPercent}%`.split(" "),
      ...["--to", join(folder, "thrifty"), "--ledger", join(folder, "thrifty-ledger.db")],
    ],
  });
  return { exporter, thrifty, exportArgs, exportEnv, thriftyHourly: (hourlyLimit * thriftyPercent) / 100 };
}

async function openWorld({ folder, seed, onSender, writeWorkersFile }: WorldSettings): Promise<World> {
  const random = createRandom(seed);
  const ground = await layGround(folder, seed, () => createRandom(random.whole(1, 2 ** 31)));
  const { api, receivers, redis, proxy, env, ledgerPlace, connect } = ground;
  receivers.push(...(await openReceivers(ground)));
  const assistantPorts = await findPorts(replicas);
  const assistants = await openAssistants(ground, assistantPorts);
  const senders = await openThree("sender", async (name) => ({
    ...{ script: "testing/soak/fixtures/sender.ts", announces: true, jumps: true, args: [], onLine: onSender },
    env: { ...connect(name), ONSYNC_LEDGER: ledgerPlace },
  }));
  const workersFile = writeWorkersFile(ground.baseUrl, ground.orgs);
  const args = ["work", "--queue", redis.url, "--orgs", workersFile, "--json"];
  // Their engine renews its locks by the wall clock: one that jumps takes each import from its worker again and again.
  const workers = await openThree("worker", async () => ({ ...command, jumps: false, args, env }));
  const exports = openExports(ground);
  const everyone = [api, ...receivers, ...assistants, ...senders, ...workers, exports.exporter, exports.thrifty];
  return {
    ...{ ...ground, assistants, assistantPorts, senders, workers, ...exports, everyone },
    async close() {
      await Promise.all(everyone.map((slot) => slot.stop()));
      await Promise.all([proxy.close(), ground.gate.close(), ground.sink.close(), redis.close()]);
    },
  };
}

/** All of it, up and ready. */
export async function startWorld(settings: WorldSettings): Promise<World> {
  const world = await openWorld(settings);
  await Promise.all(world.everyone.filter((slot) => slot !== world.api).map((slot) => slot.start()));
  return world;
}
