/** Receivers as processes of their own, to be killed, paused and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { bareEnvironment } from "../bare-environment.ts";

const command = join(import.meta.dirname, "..", "..", "cli", "onsync.ts");
const jumpingClock = join(import.meta.dirname, "fixtures", "jumping-clock.ts");
const startTimeoutMs = 30_000;

export type Receiver = {
  /** Where it takes deliveries; `null` while it is down or paused. */
  url(): string | null;
  /** What happened to it, for the report. */
  starts(): number;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it in its tracks, as a machine that hangs. */
  pause(): void;
  goOn(): void;
  /** Ends it in order; gives its exit code. */
  stop(): Promise<number | null>;
};

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const late = setTimeout(() => reject(new Error("the receiver did not start in time")), startTimeoutMs);
    child.once("exit", (code) => reject(new Error(`the receiver ended with ${code} before it was ready`)));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const line = printed.split("\n", 1)[0] as string;
      if (!printed.includes("\n")) return;
      clearTimeout(late);
      resolve((JSON.parse(line) as { url: string }).url);
    });
  });
}

/** @param args of `onsync listen` */
export function createReceiverProcess(args: readonly string[], env: Record<string, string>): Receiver {
  let child: ChildProcess | undefined;
  let url: string | null = null;
  let starts = 0;
  let paused = false;

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = child;
    url = null;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return ending?.exitCode ?? null;
    const exited = new Promise<number | null>((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    return exited;
  };

  return {
    url: () => (paused ? null : url),
    starts: () => starts,
    async start() {
      starts += 1;
      child = spawn(
        process.execPath,
        [
          "--disable-warning=ExperimentalWarning",
          "--import",
          jumpingClock,
          command,
          "listen",
          "--port",
          "0",
          "--json",
          ...args,
        ],
        {
          stdio: ["ignore", "pipe", "inherit"],
          env: { ...bareEnvironment, ONSYNC_LOG_LEVEL: "fatal", ...env },
        },
      );
      url = await readyUrl(child);
    },
    kill: async () => {
      await end("SIGKILL");
    },
    pause() {
      paused = true;
      child?.kill("SIGSTOP");
    },
    goOn() {
      paused = false;
      child?.kill("SIGCONT");
    },
    stop: () => end("SIGTERM"),
  };
}
