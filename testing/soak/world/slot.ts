/** A place at which a process of the product runs: killed, frozen or ended, it is started again, as a supervisor would. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { bareEnvironment } from "../../bare-environment.ts";
import type { Death, Life } from "../evidence.ts";
import { sampleProcess } from "./sample.ts";

const root = join(import.meta.dirname, "../../..");
const jumpingClock = join(root, "testing/receivers/fixtures/jumping-clock.ts");
const readyTimeoutMs = 600_000;
const stopTimeoutMs = 45_000;
const restartMs = 200;
const keptCharacters = 2_000;

export type SlotSettings = {
  name: string;
  script: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Its clock is minutes off, and jumps. */
  jumps?: boolean;
  /** The first line that it prints, as JSON, says that it is ready. */
  announces?: boolean;
  /** Ends that are no failure, whoever caused them: codes. */
  mayEndWith?: readonly number[];
  onLine?: (line: string) => void;
  /** Until it is started again. */
  pauseMs?: number;
};

const running = new Set<Pick<ChildProcess, "kill">>();

/** It is ended with everything else. */
export function keepTrack(child: ChildProcess): void {
  running.add(child);
  child.once("close", () => running.delete(child));
}

/** Another that starts and ends it by itself. */
export function keepTrackOf(find: () => number): void {
  running.add({ kill: (signal) => process.kill(find(), signal) });
}

/** For whoever is ended in the midst of it: no process is left behind. */
export function killAll(): void {
  for (const each of running) {
    try {
      each.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

export class Slot {
  readonly name: string;
  readonly lives: Life[] = [];
  readonly deaths: Death[] = [];
  readonly #settings: SlotSettings;
  #child: ChildProcess | null = null;
  #isWanted = false;
  #isKilled = false;
  #isFrozen = false;
  #isReady = false;
  #said = "";
  /** Something around it is away, and it may end over that. */
  excuseUntil = 0;

  constructor(settings: SlotSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  get isUp(): boolean {
    return this.#isReady && !this.#isFrozen;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** Runs it from now on. Resolves when it is ready for the first time. */
  async start(): Promise<void> {
    this.#isWanted = true;
    this.#spawn();
    for (const until = performance.now() + readyTimeoutMs; !this.#isReady; await delay(20))
      if (this.deaths.length > 0 || performance.now() > until)
        throw new Error(`${this.name} did not start: ${this.deaths[0]?.said ?? this.#said}`);
  }

  write(line: string): void {
    if (this.isRunning) this.#child?.stdin?.write(`${line}\n`);
  }

  /** Ended at once, or told to stop; it is started again. */
  end(signal: "SIGKILL" | "SIGTERM"): void {
    this.#isKilled = true;
    this.#isReady = false;
    this.goOn();
    this.#child?.kill(signal);
  }

  freeze(): void {
    this.#isFrozen = this.#child?.kill("SIGSTOP") ?? false;
  }

  goOn(): void {
    this.#isFrozen = false;
    this.#child?.kill("SIGCONT");
  }

  sample(): void {
    const life = this.lives.at(-1);
    const pid = this.#child?.pid;
    if (!life || life.endedAt !== null || pid === undefined || !this.#isReady || this.#isFrozen) return;
    const sample = sampleProcess(pid);
    if (sample) life.samples.push({ at: performance.now(), ...sample });
  }

  /** Ends it for good, and in order. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    this.goOn();
    const child = this.#child;
    if (!child) return;
    const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.kill("SIGTERM");
    const late = setTimeout(() => {
      this.#noteDeath("it did not stop when told to");
      child.kill("SIGKILL");
    }, stopTimeoutMs);
    await exited;
    clearTimeout(late);
  }

  #spawn(): void {
    const { script, args, env, jumps = false, announces = false } = this.#settings;
    const clock = jumps ? ["--import", jumpingClock] : [];
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", ...clock, join(root, script), ...args],
      {
        stdio: ["pipe", "pipe", "pipe"],
        env: { ...bareEnvironment, ...env },
      },
    );
    keepTrack(child);
    this.#child = child;
    this.#isKilled = false;
    this.#isFrozen = false;
    this.#said = "";
    const life: Life = {
      slot: this.name,
      number: this.lives.length,
      startedAt: performance.now(),
      endedAt: null,
      samples: [],
    };
    this.lives.push(life);
    if (!announces) this.#isReady = true;
    child.stdin.on("error", () => {});
    this.#read(child);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-keptCharacters);
    });
    child.once("close", (code, signal) => this.#onEnd(life, code, signal));
  }

  #read(child: ChildProcess): void {
    let rest = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!this.#isReady && this.#child === child && !this.#isKilled) this.#isReady = true;
        this.#settings.onLine?.(line);
      }
    });
  }

  #onEnd(life: Life, code: number | null, signal: NodeJS.Signals | null): void {
    const isOwn = this.#isKilled || !this.#isWanted;
    life.endedAt = isOwn && !this.#isWanted ? null : performance.now();
    this.#child = null;
    this.#isReady = false;
    if (!this.#mayEnd(code, signal, isOwn)) this.#noteDeath(`it ended with ${code ?? signal}`);
    if (this.#isWanted)
      setTimeout(() => this.#isWanted && this.#child === null && this.#spawn(), this.#settings.pauseMs ?? restartMs);
  }

  #mayEnd(code: number | null, signal: NodeJS.Signals | null, isOwn: boolean): boolean {
    // An error that nobody caught is one, whatever else was going on.
    if (/^\s+at .+:\d+:\d+\)?$/m.test(this.#said) && /^Node\.js v/m.test(this.#said)) return false;
    if (isOwn && (signal === "SIGKILL" || code === 0)) return true;
    // Told to stop before it could listen to that.
    if (isOwn && signal === "SIGTERM" && (this.lives.at(-1)?.samples.length ?? 0) === 0) return true;
    if (performance.now() < this.excuseUntil) return true;
    return code !== null && (this.#settings.mayEndWith ?? []).includes(code);
  }

  #noteDeath(how: string): void {
    this.deaths.push({ slot: this.name, at: performance.now(), how, said: this.#said.trim().slice(-600) });
  }
}
