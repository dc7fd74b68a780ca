/** `onsync listen` beside the MCP server: it keeps the reference's events where wait_for_events reads them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Reference } from "../../reference/index.ts";
import { addWebhook } from "./world.ts";

const secret = "whsec_bench_0123456789abcdef";

/** @param root of the repository whose receiver it is */
export async function startReceiver(root: string, reference: Reference) {
  const folder = await mkdtemp(join(tmpdir(), "onsync-bench-"));
  const file = join(folder, "events.db");
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["cli/onsync.ts", "listen", "--port", "0", "--json", "--data", file], {
    cwd: root,
    env: { PATH, HOME, ONSYNC_WEBHOOK_SECRETS: secret },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  await addWebhook(reference, (JSON.parse(line) as { url: string }).url, secret);
  return {
    file,
    async close(): Promise<void> {
      const ended = once(child, "exit");
      child.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
