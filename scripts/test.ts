/**
 * Runs the suite (arguments go to jest) and searches everything it printed for API keys and webhook secrets: none may
 * ever be shown. What child processes of the tests wrote to stderr is searched too, where a test adds it to the file
 * named by ONSYNC_TEST_TRANSCRIPT.
 *
 *   npm test                           what is quick: all but the slow tier (testing/jest/slow-tests.js)
 *   npm test -- test/client            all that is there, of either tier; other arguments go to jest as well
 *   npm run test:slow                  the slow tier
 *   node scripts/test.ts --all         both
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whole keys only: prefixes such as `onsync_pk_live_8fQ2` are shown on purpose. */
export const secretPattern =
  /onsync_pk_(?:live|test)_[A-Za-z0-9]{12,}|onsync_control_[A-Za-z0-9]{12,}|whsec_[\w-]{24,}/g;

/** A suite that hangs fails: nobody waits for it for ever. */
const limitMinutes = 15;

/**
 * Waits for a process and its output. Who has its output may have left it to a process of its own that goes on: that is not
 * waited for.
 *
 * @param graceMs how long the output may take when the process has ended
 * @returns its exit code; 1 where it was ended
 */
export async function waitForEnd(child: ChildProcess, graceMs = 5_000): Promise<number> {
  const closed = once(child, "close");
  const [code] = await once(child, "exit");
  const grace = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    console.error("Something that the suite started is still running, and holds its output.");
    grace.resolve();
  }, graceMs);
  await Promise.race([closed, grace.promise]);
  clearTimeout(timer);
  // Else they keep this process from its end.
  child.stdout?.destroy();
  child.stderr?.destroy();
  return code ?? 1;
}

/** The suite speaks to this machine alone, which no proxy of whoever runs it can reach. */
function createEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(https?|no|all)_proxy$/i.test(name)));
}

/**
 * Which tiers the arguments ask for; who names files has them whichever they are of.
 * @returns the tiers, as jest.config.js reads them, and what is jest's
 */
export function readTiers(args: readonly string[]): { tiers: "quick" | "slow" | "all"; rest: string[] } {
  const rest = args.filter((each) => each !== "--slow" && each !== "--all");
  if (args.includes("--slow")) return { tiers: "slow", rest };
  const namesFiles = rest.some((each) => /^(?:\.\/|\/.*\/)?test\//.test(each) || /\.test\.ts$/.test(each));
  return { tiers: args.includes("--all") || namesFiles ? "all" : "quick", rest };
}

async function runSuite(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-test-"));
  const transcript = join(folder, "children.log");
  writeFileSync(transcript, "");
  const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
  const { tiers, rest } = readTiers(process.argv.slice(2));
  const child = spawn(
    process.execPath,
    ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning", jest, ...rest],
    {
      stdio: ["inherit", "pipe", "pipe"],
      env: {
        ...createEnvironment(),
        ONSYNC_TEST_TRANSCRIPT: transcript,
        ONSYNC_TESTS: tiers,
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
  const code = await waitForEnd(child);
  clearTimeout(limit);
  const leaked = new Set((printed + readFileSync(transcript, "utf8")).match(secretPattern));
  rmSync(folder, { recursive: true });
  for (const secret of leaked) console.error(`The suite printed a secret: ${secret.slice(0, 19)}…`);
  if (leaked.size === 0) console.error(`No secret in the ${printed.length} characters the suite printed.`);
  return leaked.size > 0 ? 1 : code;
}

if (import.meta.main) process.exitCode = await runSuite();
