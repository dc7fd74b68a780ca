/**
 * Plays Zapier for an app: runs its handler in processes of the Node that Zapier has, through the wrapper of the build,
 * with Zapier's cache, log, locks and timeouts.
 *
 * ```ts
 * const platform = await openPlatform(await openZapierBuild());
 * const world = platform.createWorld();
 * const outcome = await platform.invoke(world, connection, { method: "searches.find_contact.operation.perform" });
 * ```
 */
import { randomUUID } from "node:crypto";
import type { ReferenceOptions } from "../../reference/index.ts";
import type { CacheCaller } from "./cache.ts";
import { createPlatformClock } from "./clock.ts";
import { createLocks, type LockDefinition, nameLock } from "./locks.ts";
import { Run, type Trouble } from "./run.ts";
import { type PlatformServer, startPlatformServer } from "./server.ts";
import { type AppUnderTest, createWorkers, type JobAnswer, type RunningJob, type Workers } from "./workers.ts";
import { createWorld, type World } from "./world.ts";

/** A user's connection to the app. */
export type Connection = CacheCaller & { authData: Record<string, unknown> };

export type Invocation = {
  /** Such as `creates.send_message.operation.perform`. */
  method: string;
  /** Beside `authData`, which is the connection's. */
  bundle?: { inputData?: object; meta?: object; [key: string]: unknown };
  /** Names the Zap's own place for cursors. */
  storeKey?: string;
  trouble?: Trouble;
  /** Whether it waits as the app's `lock` says; as the platform is set, unless told. */
  locks?: boolean;
};

/** How a run ended, as Zapier tells it apart. */
export type Outcome = { token: string; hosts: string[] } & (
  | { kind: "success"; output: unknown }
  | { kind: "halted"; message: string }
  | { kind: "throttled"; message: string; delaySeconds: number }
  | { kind: "error"; name: string; message: string }
  /** `wasDone`: by a crash, when all that it had left to do was to answer. */
  | { kind: "killed"; wasDone: boolean }
);

export type PlatformOptions = {
  speed?: number;
  /** Whether runs wait for each other as the app's `lock` says. */
  locks?: boolean;
  /** How long a step may take. */
  stepLimitMs?: number;
  /** How many processes are kept ready. */
  spare?: number;
};

/** The platform core writes what a thrown object holds into the message, as JSON. */
function readThrottled(message: string): { message: string; delay: number } {
  try {
    return JSON.parse(message.split("\n\nConsole logs:")[0] as string) as { message: string; delay: number };
  } catch {
    return { message, delay: 60 };
  }
}

function toOutcome({ token, wasDone }: Run, answer: JobAnswer): Outcome {
  if (answer.kind === "killed") return { token, hosts: [], kind: "killed", wasDone };
  const { hosts } = answer;
  if (answer.kind === "results") return { token, hosts, kind: "success", output: answer.results };
  const { name, message } = answer;
  if (name === "HaltedError") return { token, hosts, kind: "halted", message };
  if (name === "ThrottledError") {
    const { message: text, delay } = readThrottled(message);
    return { token, hosts, kind: "throttled", message: text, delaySeconds: delay ?? 60 };
  }
  return { token, hosts, kind: "error", name, message };
}

/** Ends the job at its time, whatever it does. */
async function waitForAnswer(job: RunningJob, run: Run, world: World, stepLimitMs: number): Promise<JobAnswer> {
  const { kill, startMs = 0 } = run.trouble;
  const { speed } = world.clock;
  run.onKill(job.kill);
  const timers = [setTimeout(() => run.kill(), (stepLimitMs - startMs) / speed)];
  if (kill?.at === "time") timers.push(setTimeout(() => run.cutOff(), kill.ms / speed));
  const answer = await job.answer;
  timers.forEach(clearTimeout);
  return run.isKilled ? { kind: "killed" } : answer;
}

type Definition = Record<string, Record<string, { operation?: { lock?: LockDefinition } }> | undefined>;

export class Platform {
  readonly #server: PlatformServer;
  readonly #workers: Workers;
  readonly #options: PlatformOptions;
  readonly #speed: number;
  readonly #locks = createLocks();
  #definition: Promise<Definition> | undefined;
  #worldCount = 0;

  constructor(server: PlatformServer, app: AppUnderTest, options: PlatformOptions) {
    const { speed = 1, spare = 1 } = options;
    this.#server = server;
    this.#options = options;
    this.#speed = speed;
    this.#workers = createWorkers({ ...app, speed, logEndpoint: `${server.origin}/log` }, spare);
  }

  /** The version of Node that the app runs on. */
  get nodeVersion(): string {
    return this.#workers.version;
  }

  createWorld(options?: ReferenceOptions): World {
    this.#worldCount += 1;
    const clock = createPlatformClock(this.#speed);
    const world = createWorld(String(this.#worldCount), this.#server.origin, clock, options);
    this.#server.worlds.set(world.name, world);
    return world;
  }

  async closeWorld(world: World): Promise<void> {
    this.#server.worlds.delete(world.name);
    await world.close();
  }

  connect(
    world: World,
    name: string,
    { key = world.reference.key, user = "user_1" }: { key?: string; user?: string } = {},
  ): Connection {
    return {
      user: `${world.name} ${user}`,
      auth: `${world.name} ${name}`,
      authData: { api_key: key, base_url: world.baseUrl },
    };
  }

  /** Runs a method of the app once, when its lock is free. */
  async invoke(world: World, connection: Connection, invocation: Invocation): Promise<Outcome> {
    const { method, bundle = {}, storeKey = "zap_1", trouble, locks = this.#options.locks ?? true } = invocation;
    const { authData, ...caller } = connection;
    const run = new Run(randomUUID(), caller, `${world.name} ${storeKey}`, trouble);
    const { inputData = {}, meta = {}, ...rest } = bundle;
    const event = { command: "execute", method, bundle: { authData, inputData, meta, ...rest } };
    const lock = locks ? await this.#findLock(world, method) : undefined;
    if (!lock) return this.#runEvent(world, run, event);
    const name = `${world.name} ${nameLock(lock, connection, inputData)}`;
    const limitMs = ((lock.timeout ?? 30) * 1000) / this.#speed;
    return this.#locks.runInTurn(name, limitMs, () => this.#runEvent(world, run, event));
  }

  /** Another command of the handler's: `definition`, `validate`. */
  async command(world: World, command: string): Promise<unknown> {
    const run = new Run(randomUUID(), { user: "platform", auth: "platform" }, "platform");
    const outcome = await this.#runEvent(world, run, { command });
    if (outcome.kind !== "success") throw new Error(`The app failed at ${command}: ${JSON.stringify(outcome)}`);
    return outcome.output;
  }

  async close(): Promise<void> {
    await this.#workers.close();
    await this.#server.close();
    for (const world of this.#server.worlds.values()) await world.close();
  }

  async #runEvent(world: World, run: Run, event: object): Promise<Outcome> {
    const { origin, runs } = this.#server;
    runs.set(run.token, { run, world });
    const job = await this.#workers.start({
      token: run.token,
      clock: world.clock.state(),
      event: { ...event, rpc_base: `${origin}/rpc`, token: run.token, storeKey: run.storeKey },
    });
    return toOutcome(run, await waitForAnswer(job, run, world, this.#options.stepLimitMs ?? 30_000));
  }

  async #findLock(world: World, method: string): Promise<LockDefinition | undefined> {
    const [group, key] = method.split(".") as [string, string];
    this.#definition ??= this.command(world, "definition") as Promise<Definition>;
    return (await this.#definition)[group]?.[key]?.operation?.lock;
  }
}

export async function openPlatform(app: AppUnderTest, options: PlatformOptions = {}): Promise<Platform> {
  return new Platform(await startPlatformServer(), app, options);
}
