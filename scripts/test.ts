/**
 * Runs the suite (arguments go to jest) and searches everything it printed for API keys and webhook secrets: none may
 * ever be shown. What child processes of the tests wrote to stderr is searched too, where a test adds it to the file
 * named by ONSYNC_TEST_TRANSCRIPT.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whole keys only: prefixes such as `onsync_pk_live_8fQ2` are shown on purpose. */
export const secretPattern =
  /onsync_pk_(?:live|test)_[A-Za-z0-9]{12,}|onsync_control_[A-Za-z0-9]{12,}|whsec_[\w-]{24,}/g;

/** A suite that hangs fails: nobody waits for it for ever. */
const limitMinutes = 15;

/** The suite speaks to this machine alone, which no proxy of whoever runs it can reach. */
function createEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(https?|no|all)_proxy$/i.test(name)));
}

async function runSuite(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-test-"));
  const transcript = join(folder, "children.log");
  writeFileSync(transcript, "");
  const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
  const child = spawn(
    process.execPath,
    ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning", jest, ...process.argv.slice(2)],
    {
      stdio: ["inherit", "pipe", "pipe"],
      env: {
        ...createEnvironment(),
        ONSYNC_TEST_TRANSCRIPT: transcript,
        // The Zapier app is staging's build here, which takes the reference API's address.
        ONSYNC_ZAPIER_BUILD: "staging",
        // The hundreds of processes that tests start run the same modules: the first leaves them compiled for the rest.
        NODE_COMPILE_CACHE: join(folder, "compiled"),
      },
    },
  );
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    process.stdout.write(text);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    process.stderr.write(text);
  });
  const limit = setTimeout(() => {
    console.error(`The suite did not end within ${limitMinutes} minutes: something it started is still running.`);
    child.kill("SIGKILL");
  }, limitMinutes * 60_000);
  const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? 1)));
  clearTimeout(limit);
  const leaked = new Set((printed + readFileSync(transcript, "utf8")).match(secretPattern));
  rmSync(folder, { recursive: true });
  for (const secret of leaked) console.error(`The suite printed a secret: ${secret.slice(0, 19)}…`);
  if (leaked.size === 0) console.error(`No secret in the ${printed.length} characters the suite printed.`);
  return leaked.size > 0 ? 1 : code;
}

if (import.meta.main) process.exitCode = await runSuite();
