/**
 * Zapier's own command for whoever has an account there, in the name of one of the two apps:
 *
 *   npm run zapier:account -- [--staging] migrate 1.0.0 1.0.1 10
 *
 * It runs in an empty folder that knows the app and nothing else, so that nothing of this clone gets to Zapier by it. What
 * uploads or promotes is refused: `zapier:upload` and `zapier:release` do that, with the zip that was tested.
 */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildName, findBuildFiles } from "./builds.ts";

const appFile = ".zapierapprc";

const refused: Record<string, string> = {
  build: "npm run zapier:build",
  push: "npm run zapier:upload",
  upload: "npm run zapier:upload",
  promote: "npm run zapier:release -- VERSION",
};

/** @throws Error where the command does not end well */
export function run(program: string, args: string[], cwd: string, env = process.env): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program.split("/").at(-1)} ${args.join(" ")} failed`));
    });
  });
}

/** @param prepare puts more into the folder that the command runs in */
export async function runZapier(
  root: string,
  name: BuildName,
  args: string[],
  prepare: (folder: string) => void = () => {},
): Promise<void> {
  const { app } = findBuildFiles(root, name);
  const folder = mkdtempSync(join(tmpdir(), "onsync-zapier-account-"));
  const inFolder = join(folder, appFile);
  try {
    if (existsSync(app)) copyFileSync(app, inFolder);
    prepare(folder);
    await run(join(root, "node_modules", ".bin", "zapier-platform"), args, folder, {
      ...process.env,
      ZAPIER_CURRENT_APP_FILE: appFile,
    });
    // `register` and `link` write which app it is.
    if (existsSync(inFolder)) copyFileSync(inFolder, app);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws Error where it is a command that has a script of its own here */
export async function callZapier(root: string, args: string[]): Promise<void> {
  const staging = args[0] === "--staging";
  const rest = staging ? args.slice(1) : args;
  const instead = refused[rest[0] ?? ""];
  if (instead) throw new Error(`not ${rest[0]}: ${instead} takes the zip that was tested`);
  await runZapier(root, staging ? "staging" : "public", rest);
}

if (import.meta.main)
  await callZapier(join(import.meta.dirname, "../.."), process.argv.slice(2)).catch((error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
