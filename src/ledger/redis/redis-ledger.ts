/**
 * The send ledger in Redis, for the processes of several machines. Time is Redis's own clock. Redis must write its
 * append-only file before it answers (`appendonly yes`, `appendfsync always`): then a claim survives its restart.
 */
import { defaultListLimit, type SendLedger, sendStates } from "../../client/ledger/ledger.ts";
import { openContext } from "./context.ts";
import { admit, findNote, listNotes, releaseTicket, setNote } from "./notes.ts";
import type { RedisLedgerOptions } from "./options.ts";
import { claimSend, findSend, getSend, listSends, recordSend } from "./sends.ts";

/**
 * @throws Error that says so when there is no Redis at the URL, or when it evicts what it was told (`maxmemory-policy`)
 */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<SendLedger> {
  const context = await openContext(options);
  return {
    durable: true,
    claim: (message, terms) => claimSend(context, message, terms),
    record: (key, outcome, claimId) => recordSend(context, key, outcome, claimId),
    find: (key) => findSend(context, key),
    get: (id) => getSend(context, id),
    list: ({ states = sendStates, limit = defaultListLimit } = {}) => listSends(context, states, limit),
    note: (name) => findNote(context, name),
    setNote: (name, value, terms) => setNote(context, name, value, terms),
    listNotes: (list, limit = defaultListLimit) => listNotes(context, list, limit),
    admit: (name, limits) => admit(context, name, limits),
    release: (name, ticket) => releaseTicket(context, name, ticket),
    close: () => context.redis.close(),
  };
}
