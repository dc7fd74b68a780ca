/** Where a ledger's Redis is. */
import type { Clock } from "../../client/clock.ts";

export type RedisLedgerOptions = {
  /** `redis://[user:password@]host:port[/database]`, or `rediss://` for TLS. */
  url: string;
  /** In the name of every key, `{prefix:ledger}:…`, so that several ledgers share a Redis. `onsync` by default. */
  prefix?: string | undefined;
  /** Redis's own by default, which all processes share. */
  clock?: Clock | undefined;
  /** Is told when Redis is away and back, and where it could lose what it was told. */
  log?: ((level: "debug" | "info" | "warn" | "error", message: string, fields?: object) => void) | undefined;
};

/** @throws Error that does not repeat the URL: it may hold a password */
export function checkUrl(url: string): void {
  const form = "write redis://HOST:PORT or rediss://HOST:PORT, with /0 or another number for the database";
  if (!URL.canParse(url)) throw new Error(`It is not an address of Redis: ${form}`);
  const { protocol, hostname, pathname } = new URL(url);
  if (!["redis:", "rediss:"].includes(protocol) || hostname === "") throw new Error(`It names no Redis: ${form}`);
  if (!/^\/?\d*$/.test(pathname)) throw new Error(`Its database is not a number: ${form}`);
}
