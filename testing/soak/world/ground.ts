/** The API on a data file of the previous schema, and what stands around it: Redis, a proxy, a balancer, a server behind receivers. */
import { join } from "node:path";
import type { Random } from "../../hostile/random.ts";
import { findFreePort } from "../../network/free-port.ts";
import { type RedisServer, startRedis } from "../../redis-server.ts";
import { type ControlClient, createControlClient } from "../traffic/control.ts";
import { type ApiProxy, openApiProxy } from "./api-proxy.ts";
import { type KeptData, layDataFile } from "./data-file.ts";
import { type EventGate, type EventSink, openEventGate, openEventSink } from "./event-gate.ts";
import { keepTrackOf, Slot } from "./slot.ts";

/** Of each that has replicas. */
export const replicas = 3;
export const webhookSecret = "whsec_of_the_soak_alone";
/** Requests an hour of an org. */
export const hourlyLimit = 20_000;
/** Who works for the main org, each with a key of its own: by it a request is known for theirs. All have one way to the API. */
const clients = ["sender", "MCP server"].flatMap((kind) => [1, 2, 3].map((number) => `${kind} ${number}`));
const keys = new Map([...clients, "export", "thrifty export", "import"].map((slot) => [slot, createKey(slot)]));
const controlToken = "control-token-of-the-soak";

export type Ground = {
  folder: string;
  dataFile: string;
  kept: KeptData;
  /** What is the ledger: by an even seed a file, by an odd one Redis. */
  ledger: "file" | "redis";
  ledgerPlace: string;
  redis: RedisServer;
  proxy: ApiProxy;
  gate: EventGate;
  sink: EventSink;
  control: ControlClient;
  api: Slot;
  receivers: Slot[];
  receiverPorts: number[];
  /** By org, its key. */
  orgs: Record<string, string>;
  env: Record<string, string>;
  /** Where all find the API. */
  baseUrl: string;
  /** What a program is told that works for the main org. */
  connect(slot: string): Record<string, string>;
};

export const findPorts = (count: number) => Promise.all(Array.from({ length: count }, () => findFreePort()));

function createKey(slot: string): string {
  return `onsync_pk_test_soak_${slot.toLowerCase().replaceAll(" ", "_")}`;
}

function createEnvironment(folder: string): Record<string, string> {
  const cache = process.env.NODE_COMPILE_CACHE;
  return {
    ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }),
    ...{ HOME: folder, TMPDIR: folder, XDG_STATE_HOME: join(folder, "state"), ONSYNC_LOG_LEVEL: "fatal" },
  };
}

export async function layGround(folder: string, seed: number, draw: () => Random): Promise<Ground> {
  const redis = await startRedis("--maxmemory-policy", "noeviction");
  keepTrackOf(redis.pid);
  const [receivers, receiverPorts]: [Slot[], number[]] = [[], await findPorts(replicas)];
  const listTargets = () =>
    receivers.flatMap(({ isUp }, place) => (isUp ? [`http://127.0.0.1:${receiverPorts[place]}/`] : []));
  const gate = await openEventGate(listTargets, draw());
  const sink = await openEventSink(webhookSecret, draw());
  const dataFile = join(folder, "api.db");
  const kept = layDataFile(dataFile, { url: gate.url, secret: webhookSecret });
  const [env, port] = [createEnvironment(folder), await findFreePort()];
  const api = new Slot({
    ...{ name: "the API", script: "cli/onsync.ts", announces: true },
    args: [
      ...`reference --port ${port} --control --rate-limit ${hourlyLimit} --json --data`.split(" "),
      ...[dataFile, ...[...keys.values()].flatMap((key) => ["--key", key])],
    ],
    env: { ...env, ONSYNC_CONTROL_TOKEN: controlToken },
  });
  await api.start();
  const control = createControlClient(port, controlToken);
  const orgs = { "the main org": createKey("import"), "the org of contacts": await beginTime(control) };
  const ledger = seed % 2 === 0 ? "file" : "redis";
  const ledgerPlace = ledger === "file" ? join(folder, "sends.db") : redis.url;
  const slots = new Map([...keys].map(([slot, key]) => [`Bearer ${key}`, slot]));
  const proxy = await openApiProxy(port, slots, draw());
  return {
    ...{
      folder,
      dataFile,
      kept,
      ledger,
      ledgerPlace,
      redis,
      proxy,
      gate,
      sink,
      control,
      api,
      receivers,
      receiverPorts,
    },
    ...{ orgs, env, baseUrl: proxy.url },
    connect: (slot) => ({ ...env, ONSYNC_API_KEY: createKey(slot), ONSYNC_BASE_URL: proxy.url }),
  };
}

/** The file's clock stood still when it was kept. @returns the key of another org */
async function beginTime(control: ControlClient): Promise<string> {
  await control.ask("POST", "/clock", { now: new Date().toISOString(), resume: true });
  const org = await control.ask("POST", "/orgs", { name: "the org of contacts", rateLimit: hourlyLimit });
  const made = await control.ask("POST", "/keys", { orgId: org?.id, label: "imports" });
  if (typeof made?.key !== "string") throw new Error("the API made no key");
  return made.key;
}
