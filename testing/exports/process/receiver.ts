/** The product's receiver as a process that is killed and started again, as docs/events.md has it started. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

import { endWithHarness } from "./life.ts";

const command = join(import.meta.dirname, "../../../cli/onsync.ts");
const startTimeoutMs = 60_000;

export type EventReceiver = {
  /** Where it takes deliveries; `null` while it is down. */
  url(): string | null;
  start(): Promise<void>;
  end(signal: NodeJS.Signals): Promise<void>;
};

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const late = setTimeout(() => reject(new Error("the receiver did not start in time")), startTimeoutMs);
    child.once("exit", (code) => reject(new Error(`the receiver ended with ${code} before it was ready`)));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      if (printed.includes("\n")) return;
      printed += text;
      if (!printed.includes("\n")) return;
      clearTimeout(late);
      resolve((JSON.parse(printed.split("\n", 1)[0] as string) as { url: string }).url);
    });
  });
}

export function createEventReceiver(events: string, cwd: string, env: Record<string, string>): EventReceiver {
  let child: ChildProcess | undefined;
  let url: string | null = null;
  return {
    url: () => url,
    async start() {
      const args = [
        "--disable-warning=ExperimentalWarning",
        command,
        "listen",
        "--port",
        "0",
        "--json",
        "--data",
        events,
      ];
      child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
      endWithHarness(child);
      url = await readUrl(child);
    },
    async end(signal) {
      url = null;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exited = new Promise((resolve) => child?.once("exit", resolve));
      child.kill(signal);
      await exited;
    },
  };
}
