/** `onsync sends settle`: what became of a send whose answer was lost. */
import type { LedgerEntry, SendLedger, SendState } from "../../src/client/ledger/ledger.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { type Io, print, printJson } from "../output/io.ts";
import { openStates, requireEntry, type SendsOptions, showEntry, toPublic } from "./ledger-entries.ts";

const stateSentences: Record<SendState, string> = {
  sent: "It was sent.",
  not_sent: "It was not sent: the history since then does not have it. Its reference may be used again.",
  unknown:
    "It is still open: the history does not prove whether it was sent. Look into the conversation, or settle it again later.",
  claimed: "It is being sent now: settle it again when that is over.",
};

export async function settleEntry(io: Io, ledger: SendLedger, id: string, options: SendsOptions): Promise<void> {
  const noted = await requireEntry(ledger, id);
  const entry = "send" in noted ? noted.send : noted.proposal.send;
  if (entry === null) throw new UsageError(`Nothing of ${id} was sent so far: \`onsync sends show ${id}\` says why.`);
  const settled = entry.state === "unknown" ? await askHistory(io, ledger, entry) : entry;
  const now = await requireEntry(ledger, id);
  if (options.json) await printJson(io.stdout, toPublic(now));
  else {
    await print(io.stdout, `${stateSentences[settled.state]}\n`);
    await showEntry(io, now, options);
  }
  if (openStates.includes(settled.state)) throw new CommandFailed(1);
}

async function askHistory(io: Io, ledger: SendLedger, entry: LedgerEntry): Promise<LedgerEntry> {
  const [{ connect }, { createLog }] = await Promise.all([
    import("../settings/connection.ts"),
    import("../output/log.ts"),
  ]);
  const { onsync, close } = await connect(io.env, createLog(io.env, "silent"), { ledger });
  try {
    if (onsync.baseUrl !== entry.scope)
      throw new UsageError(
        `The send ${entry.id} was made at ${entry.scope}, and ONSYNC_BASE_URL is ${onsync.baseUrl}: set it to the former, with the key of that account.`,
      );
    return (await onsync.messages.settle(entry.reference)) ?? entry;
  } finally {
    await close();
  }
}
