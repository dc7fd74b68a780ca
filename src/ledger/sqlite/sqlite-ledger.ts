/** The send ledger in one SQLite file, for the processes of one machine. */
import { defaultListLimit, type SendLedger, sendStates } from "../../client/ledger/ledger.ts";
import { openContext, type SqliteLedgerOptions } from "./context.ts";
import { admit, findNote, listNotes, releaseTicket, setNote } from "./notes.ts";
import { claimSend, findSend, getSend, listSends, recordSend } from "./sends.ts";

/** @throws Error with a sentence where the file cannot be used, or is another program's */
export function openSqliteLedger(options: SqliteLedgerOptions): SendLedger {
  const context = openContext(options);
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
    async close() {
      if (context.sql.isOpen) context.sql.close();
    },
  };
}
