/** A Redis of the test's own: a real redis-server on a free port, with an append-only file it writes before it answers. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "./network/free-port.ts";

const binary = "redis-server";
const isInstalled = spawnSync(binary, ["--version"]).status === 0;

if (!isInstalled && process.env.ONSYNC_REQUIRE_REDIS === "1") {
  throw new Error(`${binary} is not installed, and ONSYNC_REQUIRE_REDIS=1 asks for it: apt-get install redis-server.`);
}

/** Why tests that need Redis are skipped here; `null`: they are not. */
export const skipped: string | null = isInstalled
  ? null
  : "skipped: redis-server is not installed (apt-get install redis-server)";

export type RedisServer = {
  url: string;
  pid(): number;
  /** Ends it, without mercy if so, and starts it again on the same port and data. */
  restart(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  close(): Promise<void>;
};

/** @param more settings, such as `--requirepass` */
export async function startRedis(...more: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-redis-"));
  const port = await findFreePort();
  const args = ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"];
  args.push("--appendfsync", "always", "--daemonize", "no", ...more);

  const start = async (): Promise<ChildProcess> => {
    const child = spawn(binary, args.map(String), { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes("Ready to accept connections")) resolve();
      });
    });
    child.removeAllListeners("exit");
    return child;
  };
  const stop = async (child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await exited;
  };

  let child = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: () => child.pid as number,
    async restart(signal = "SIGTERM") {
      await stop(child, signal);
      child = await start();
    },
    async close() {
      await stop(child, "SIGTERM");
      rmSync(folder, { recursive: true });
    },
  };
}
