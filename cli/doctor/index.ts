/** `onsync doctor`: is everything in order between this machine and OnSync, and what to do where it is not. */
import type { Command } from "commander";
import { listenForStop } from "../lifecycle.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { type Io, print, printJson, printMarked } from "../output/io.ts";
import { findColumns, wrapText } from "../output/wrap.ts";
import type { Check } from "./check.ts";

const help = `
Makes a handful of requests, none of which changes anything: key, address, clock, scopes, extensions, webhook
deliveries, rate limit. ✓ in order, ! something to know, ✗ something that will not work. Exit code 1 where there is a ✗.

Examples:
  onsync doctor
  ONSYNC_BASE_URL=http://127.0.0.1:4010/v1 ONSYNC_API_KEY=… onsync doctor --json`;

export function addDoctorCommand(program: Command, io: Io): void {
  program
    .command("doctor")
    .summary("check key, scopes, extensions, clock, rate limit and webhooks")
    .description(
      "Checks address, key, clock, scopes, extensions, webhooks and rate limit, and says what to do about each.",
    )
    .option("--json", 'print one JSON object: {"ok","checks":[{"name","status","found","advice"}]}')
    .addHelpText("after", help)
    .action(async ({ json }: { json?: true }) => {
      const { colours, formatCheck, formatSummary } = await import("./check.ts");
      const checks: Check[] = [];
      for await (const check of examineEnvironment(io)) {
        checks.push(check);
        if (json) continue;
        const [mark = "", ...rest] = wrapText(formatCheck(check), findColumns(io.stdout));
        await printMarked(io.stdout, io.env, { mark, colour: colours[check.status] }, rest.join(""));
      }
      const ok = checks.every(({ status }) => status !== "failed");
      if (json) await printJson(io.stdout, { ok, checks });
      else await print(io.stdout, `\n${formatSummary(checks)}\n`);
      if (!ok) throw new CommandFailed(1);
    });
}

async function* examineEnvironment({ env }: Io): AsyncGenerator<Check> {
  const [{ connect }, { createFailedCheck }, { examine }, { watchServerTime }, { createLog }, { requireApiKey }] =
    await Promise.all([
      import("../settings/connection.ts"),
      import("./check.ts"),
      import("./examine.ts"),
      import("./server-time.ts"),
      import("../output/log.ts"),
      import("../settings/environment.ts"),
    ]);
  const log = createLog(env, "silent");
  try {
    yield { name: "key", status: "ok", found: `taken from ${requireApiKey(env).from}` };
  } catch (error) {
    return yield createFailedCheck("key", error);
  }

  let skewMs: () => number | null = () => null;
  const stop = listenForStop();
  try {
    const { onsync, close } = await connect(env, log, {
      wrapTransport: (transport) => {
        const watched = watchServerTime(transport);
        skewMs = watched.skewMs;
        return watched.transport;
      },
    });
    try {
      yield* examine({ onsync, skewMs: () => skewMs(), now: () => performance.now(), signal: stop.signal });
    } finally {
      await close();
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield createFailedCheck("API", error);
  } finally {
    stop.dispose();
  }
}
