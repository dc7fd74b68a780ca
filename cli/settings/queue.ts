/** The queue of imports that workers of several machines share: `--queue`. */
import { Option } from "commander";
import type { BudgetOptions } from "../../src/data/index.ts";
import type { SharedImports } from "../../src/data/queue/queue.ts";
import type { Cleanup } from "../cleanup.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { type Log, toLogFunction } from "../output/log.ts";
import { findRedisPassword } from "./environment.ts";
import { findLedger, type LedgerChoice, openNamedLedger } from "./ledger.ts";
import { parseNotEmpty } from "./options.ts";

export function createQueueOption(description: string): Option {
  return new Option("--queue <url>", description).argParser(parseNotEmpty);
}

export type OpenQueue = Omit<SharedImports, "ledger" | "close"> & { ledger: BudgetOptions["ledger"] };

/** Unless another ledger is named, requests are counted where the queue is: of an org there is one count. @throws UsageError */
export async function openQueue(
  io: Io,
  { queue: given, ...choice }: LedgerChoice & { queue: string },
  log: Log,
  cleanup: Cleanup,
): Promise<OpenQueue> {
  const { openSharedImports } = await import("../../src/data/queue/shared-imports.ts");
  const url = addPassword(given, findRedisPassword(io.env));
  const shared = await openSharedImports(url, toLogFunction(log)).catch((error: Error) => {
    throw new UsageError(`--queue: ${error.message}`);
  });
  cleanup.add(() => shared.close());
  const named = findLedger(io.env, choice) ?? (shared.ledger === null ? { place: url, option: "--queue" } : null);
  if (named === null && shared.ledger !== null) return { ...shared, ledger: shared.ledger };
  const ledger = await openNamedLedger(io.env, named ?? { place: url, option: "--queue" }, log);
  cleanup.add(() => ledger.close());
  return { ...shared, ledger };
}

function addPassword(given: string, password: string | undefined): string {
  if (password === undefined || !/^rediss?:/i.test(given) || !URL.canParse(given)) return given;
  const url = new URL(given);
  if (url.password === "") url.password = encodeURIComponent(password);
  return url.href;
}
