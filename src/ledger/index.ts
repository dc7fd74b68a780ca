/**
 * The engines of the send ledger that processes share (package entry `./client/ledger`): one SQLite file, or Redis. The
 * one in memory is the client's own. Neither SQLite nor Redis is loaded before a ledger is opened.
 *
 * @example
 * const ledger = await openLedger("/var/lib/onsync/sends.db");
 * const onsync = createOnSync({ apiKey, transport: undiciTransport(), ledger });
 */
export type {
  ClaimResult,
  LedgerAdmission,
  LedgerEntry,
  LedgerKey,
  LedgerMessage,
  SendLedger,
  SendRecord,
  SendState,
} from "../client/ledger/ledger.ts";
export { type OpenLedgerOptions, openLedger } from "./open.ts";
export type { RedisLedgerOptions } from "./redis/options.ts";
export { openRedisLedger } from "./redis/redis-ledger.ts";
export { settleFromEvent, settlingSends } from "./settle-event.ts";
export type { SqliteLedgerOptions } from "./sqlite/context.ts";
export { openSqliteLedger } from "./sqlite/sqlite-ledger.ts";
