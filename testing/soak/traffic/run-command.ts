/** A command that is run once. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { bareEnvironment } from "../../bare-environment.ts";
import { keepTrack } from "../world/slot.ts";

const command = join(import.meta.dirname, "../../../cli/onsync.ts");

export type Ran = { code: number | null; out: string; err: string };

/** @param killAfterMs killed then, if it has not ended */
export function runCommand(args: readonly string[], env: Record<string, string>, killAfterMs?: number): Promise<Ran> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...bareEnvironment, ...env },
  });
  keepTrack(child);
  const killed = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve) => {
    child.once("close", (code) => {
      clearTimeout(killed);
      resolve({ code, out, err });
    });
  });
}
