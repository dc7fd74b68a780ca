/** Opens the ledger that an option or a variable names. */
import type { SendLedger } from "../client/ledger/ledger.ts";
import type { RedisLedgerOptions } from "./redis/options.ts";

export type OpenLedgerOptions = {
  /** What errors call it: where the user wrote the target. Default `--ledger`. */
  option?: string | undefined;
  /** Of a Redis whose URL has none: who may list processes sees the URL. */
  password?: string | undefined;
  log?: RedisLedgerOptions["log"];
};

/** The scheme of an address, or of something that was meant to be one of Redis. */
const scheme = /^(?:([a-z][a-z0-9+.-]+):\/\/|(rediss?):)/i;

async function openTarget(target: string, { password, log }: OpenLedgerOptions): Promise<SendLedger> {
  const forms = "write the path of a file, redis://HOST:PORT or rediss://HOST:PORT";
  if (typeof target !== "string" || target.trim() === "") throw new Error(`It is blank: ${forms}`);
  const found = scheme.exec(target);
  if (found === null) {
    const { openSqliteLedger } = await import("./sqlite/sqlite-ledger.ts");
    return openSqliteLedger({ file: target });
  }
  const named = (found[1] ?? found[2] ?? "").toLowerCase();
  if (named !== "redis" && named !== "rediss") throw new Error(`It is an address of another kind (${named}): ${forms}`);
  const { openRedisLedger } = await import("./redis/redis-ledger.ts");
  return openRedisLedger({ url: password === undefined ? target : addPassword(target, password), log });
}

/** A password that is in the URL already counts. */
export function addPassword(target: string, password: string): string {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url === undefined || url.password !== "") return target;
  // The setter alone would take a percent sign for the beginning of an escape.
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * @param target the path of a file, or `redis://…` or `rediss://…`
 * @throws Error that names the option, says what is wrong and how to mend it, and never holds a password
 */
export async function openLedger(target: string, options: OpenLedgerOptions = {}): Promise<SendLedger> {
  const { option = "--ledger" } = options;
  try {
    return await openTarget(target, options);
  } catch (error) {
    throw new Error(`${option}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
