/** An export that is killed, stopped or frozen at random moments, and started again by the same command, until it is done. */
import { setTimeout as delay } from "node:timers/promises";
import { findSecretsInText } from "../judge/secrets.ts";
import { type Ended, type Life, startProcess, waitForEnd, waitUntil } from "./life.ts";
import type { Scene } from "./scene.ts";

/** The last line that the command prints. */
export type DoneLine = { done: true; rows: number; requests: number; completeUpTo: string | null; unknown: number };
export type Finished = { done: DoneLine; code: number; startedAt: number; endedAt: number; asked: number };

export type Counts = { kills: number; stops: number; freezes: number; lives: number; failures: number };

const startTimeoutMs = 30_000;
const endTimeoutMs = 120_000;
const maxFailures = 6;
const stopTimeoutMs = 20_000;

export class Exporter {
  readonly counts: Counts = { kills: 0, stops: 0, freezes: 0, lives: 0, failures: 0 };
  readonly violations: string[] = [];
  readonly #scene: Scene;
  readonly #command: readonly string[];
  /** Of the command that was started last. */
  #more: readonly string[] = [];

  constructor(scene: Scene, command: readonly string[]) {
    this.#scene = scene;
    this.#command = command;
  }

  start(more: readonly string[] = []): Life {
    const { table, target, env, folder } = this.#scene;
    this.counts.lives += 1;
    this.#more = more;
    const args = [...this.#command, table, ...target.args, "--json", "--budget", "100%", ...more];
    return startProcess(args, `${folder}/cwd`, env);
  }

  /** Ends it somewhere between its start and its end. @returns how it ended, if it was over before */
  async disturb(life: Life, maxMs: number, lookMeanwhile: () => Promise<void>): Promise<Ended | null> {
    const { random, server } = this.#scene;
    const before = server.asked.length;
    const begun = () => life.isOver() || server.asked.length > before;
    if (random.chance(0.85)) await waitUntil(begun, startTimeoutMs);
    await delay((random.next() * maxMs) / 2);
    await lookMeanwhile();
    await delay((random.next() * maxMs) / 2);
    if (life.isOver()) return life.ended;
    const kind = random.next();
    if (kind < 0.15) return this.#stop(life, server.asked.length > before);
    if (kind < 0.3) return this.#freeze(life);
    this.counts.kills += 1;
    return kill(life);
  }

  async #stop(life: Life, begun: boolean): Promise<Ended | null> {
    this.counts.stops += 1;
    life.signal("SIGTERM");
    const ended = await waitForEnd(life, stopTimeoutMs);
    if (!ended) this.violations.push("does not stop: it went on for twenty seconds after SIGTERM");
    else if (ended.code === null && begun)
      this.violations.push(`does not stop in order: SIGTERM ended it by ${ended.signal}`);
    else this.#judgePrinted(ended);
    return ended?.code === 0 || ended?.code === 3 ? ended : null;
  }

  /** A machine that hangs; meanwhile somebody, or cron, may start the same command again. */
  async #freeze(life: Life): Promise<Ended | null> {
    const { random } = this.#scene;
    this.counts.freezes += 1;
    life.signal("SIGSTOP");
    const second = random.chance(0.5) ? this.start(this.#more) : null;
    await delay(random.next() * 1500);
    life.signal("SIGCONT");
    await delay(random.next() * 300);
    if (second) await kill(second);
    return life.isOver() ? life.ended : kill(life);
  }

  #judgePrinted(ended: Ended): void {
    this.violations.push(...findSecretsInText(ended.out + ended.err, this.#scene.secrets));
  }

  async waitForEnd(life: Life): Promise<Ended | null> {
    const ended = await waitForEnd(life, endTimeoutMs);
    if (!ended) this.violations.push(`no end: the export goes on for longer than ${endTimeoutMs / 1000} seconds`);
    return ended;
  }

  /** Ended with 1, and said why in a sentence. @returns whether it is worth to be started again */
  gaveUp(ended: Ended): boolean {
    this.#judgePrinted(ended);
    if (ended.code !== 1) return false;
    this.counts.failures += 1;
    if (this.counts.failures > maxFailures)
      this.violations.push(`failed ${this.counts.failures} times: ${ended.err.slice(-600)}`);
    if (!/^error: \w/m.test(ended.err)) this.violations.push(`failed without a sentence: ${ended.err.slice(-600)}`);
    return this.counts.failures <= maxFailures;
  }

  readEnd(ended: Ended, startedAt: number, endedAt: number, asked: number): Finished | null {
    this.#judgePrinted(ended);
    const done = readDone(ended.out);
    if ((ended.code === 0 || ended.code === 3) && done) return { done, code: ended.code, startedAt, endedAt, asked };
    this.violations.push(
      `failed: it ended with ${ended.code ?? ended.signal}: ${(ended.err || ended.out).slice(-600)}`,
    );
    return null;
  }
}

async function kill(life: Life): Promise<null> {
  life.signal("SIGKILL");
  await life.ended;
  return null;
}

function readDone(out: string): DoneLine | null {
  try {
    const line = JSON.parse(out.trim().split("\n").at(-1) ?? "") as DoneLine;
    return line.done === true ? line : null;
  } catch {
    return null;
  }
}
