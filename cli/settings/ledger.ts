/** The send ledger that a command names: a file, a Redis, or none beyond its own memory. */
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Option } from "commander";
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";
import { type Log, toLogFunction } from "../output/log.ts";
import { findRedisPassword } from "./environment.ts";
import { parseNotEmpty } from "./options.ts";

export type LedgerChoice = { ledger?: string };

export function createLedgerOption(
  description = "note sends in this SQLite file or Redis (redis://…), shared by all who name it",
): Option {
  return new Option("--ledger <place>", description).argParser(parseNotEmpty);
}

export function isRedisUrl(place: string): boolean {
  return /^rediss?:/i.test(place);
}

/** What `--ledger` or `ONSYNC_LEDGER` names, and which of them did. */
export function findLedger(env: Environment, { ledger }: LedgerChoice): { place: string; option: string } | null {
  if (ledger !== undefined) return { place: ledger, option: "--ledger" };
  const place = env.ONSYNC_LEDGER?.trim();
  return place ? { place, option: "ONSYNC_LEDGER" } : null;
}

/** The file that `onsync mcp` asks for where messages are confirmed, so that a restart sends none of them twice. */
export function findDefaultLedgerFile(env: Environment): string {
  const state = env.XDG_STATE_HOME?.trim() || join(env.HOME?.trim() || homedir(), ".local", "state");
  return join(state, "onsync", "sends.db");
}

/** @throws UsageError that names the option and says why it cannot be opened */
export async function openNamedLedger(
  env: Environment,
  { place, option }: { place: string; option: string },
  log: Log,
): Promise<SendLedger> {
  const { openLedger } = await import("../../src/ledger/open.ts");
  const password = findRedisPassword(env);
  try {
    return await openLedger(place, { option, log: toLogFunction(log), password });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The ledger that was asked for; `undefined`: the client's own memory will do. */
export async function openLedgerIfNamed(
  env: Environment,
  choice: LedgerChoice,
  log: Log,
): Promise<SendLedger | undefined> {
  const named = findLedger(env, choice);
  return named ? openNamedLedger(env, named, log) : undefined;
}

/** As {@link openLedgerIfNamed}, in the user's state folder where none is named. */
export async function openLedgerOrDefault(env: Environment, choice: LedgerChoice, log: Log): Promise<SendLedger> {
  const named = findLedger(env, choice);
  if (named) return openNamedLedger(env, named, log);
  const place = findDefaultLedgerFile(env);
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`The send ledger ${place} cannot be made (${code}): name another place with --ledger.`);
  }
  return openNamedLedger(env, { place, option: "--ledger" }, log);
}
