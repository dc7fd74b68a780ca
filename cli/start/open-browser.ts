/** Opens an address in the browser of whoever sits at this machine. */
import { spawn } from "node:child_process";
import type { Environment } from "../output/io.ts";

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** @returns why it could not be opened; `null`: the browser has been asked to */
export function openBrowser(url: string, env: Environment): Promise<string | null> {
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { env: { ...env }, stdio: "ignore", detached: true });
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ENOENT" ? `there is no ${program} on this machine` : error.message),
    );
    child.once("spawn", () => resolve(null));
    // The browser goes on when this program ends.
    child.unref();
  });
}
