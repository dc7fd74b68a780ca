/** A server as its users start it, ready to be knocked at. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { transcribe } from "../transcript.ts";

const script = join(import.meta.dirname, "../../cli/onsync.ts");

/** Variables of whoever runs the tests must not reach the command. */
const cleanEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(ONSYNC_|npm_|NODE_OPTIONS)/.test(name)),
);

export type Ready = { url: string; key: string; controlToken: string; metricsUrl?: string };
export type Started = { child: ChildProcess; ready: Ready; port: number; stop(): Promise<void> };

/** @param args of the `onsync` command, without `--json`, and without `--port` unless `env` has a `PORT` */
export async function startOnsync(args: readonly string[], env: Record<string, string> = {}): Promise<Started> {
  const port = env.PORT === undefined ? ["--port", "0"] : [];
  const child = spawn(process.execPath, [script, ...args, ...port, "--json"], { env: { ...cleanEnv, ...env } });
  transcribe(child);
  const ended = once(child, "close");
  const ready = await new Promise<Ready>((resolve, reject) => {
    let printed = "";
    let complaints = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (complaints += text));
    child.stdout.setEncoding("utf8").on("data", (text) => {
      printed += text;
      if (printed.includes("\n")) resolve(JSON.parse(printed.slice(0, printed.indexOf("\n"))));
    });
    ended.then(() => reject(new Error(`it ended: ${complaints}`)));
  });
  return {
    child,
    ready,
    port: Number(new URL(ready.url).port),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
