/** A person taken out of the ledger's file, and of its free pages. */
import type { SendState } from "../../client/ledger/ledger.ts";
import { type ForgottenSends, type Recipient, selectNotes } from "../recipient.ts";
import { openContext, runInTransaction, runWhenFree, type SqliteContext } from "./context.ts";

type SendRow = {
  position: number;
  scope: string;
  reference: string;
  state: SendState;
  platform: string;
  recipient: string;
  conversation_id: string | null;
};

export async function forgetInFile(file: string, recipient: Recipient, dryRun: boolean): Promise<ForgottenSends> {
  const context = openContext({ file });
  try {
    // What is taken out is written over, where it stood and in the indexes.
    context.sql.exec("PRAGMA secure_delete = ON");
    const counts = await runInTransaction(context, () => ({
      ...forgetSends(context, recipient, dryRun),
      notes: forgetNotes(context, recipient, dryRun),
    }));
    return { ...counts, scrubbed: dryRun || (await scrub(context)) };
  } finally {
    context.sql.close();
  }
}

function forgetSends({ sql }: SqliteContext, recipient: Recipient, dryRun: boolean) {
  const counts = { sends: 0, open: 0, references: 0 };
  const list = sql.prepare("SELECT position, scope, reference, state, platform, recipient, conversation_id FROM sends");
  const empty = sql.prepare(
    "UPDATE sends SET recipient = '', conversation_id = NULL, reason = NULL WHERE position = ?",
  );
  for (const row of list.all() as SendRow[]) {
    const { position, scope, reference, state, platform, recipient: address, conversation_id: conversationId } = row;
    if (recipient.isNamedIn(reference)) counts.references += 1;
    if (address === "" || !recipient.isReached({ scope, platform, address, conversationId })) continue;
    if (state === "claimed" || state === "unknown") {
      counts.open += 1;
      continue;
    }
    counts.sends += 1;
    if (!dryRun) empty.run(position);
  }
  return counts;
}

function forgetNotes({ sql }: SqliteContext, recipient: Recipient, dryRun: boolean): number {
  const notes = sql.prepare("SELECT name, value FROM notes").all() as { name: string; value: string }[];
  const found = selectNotes(notes, recipient);
  const remove = sql.prepare("DELETE FROM notes WHERE name = ?");
  if (!dryRun) for (const name of found) remove.run(name);
  return found.length;
}

/** The file anew, without what older transactions left in its free pages, and its log of changes empty. */
async function scrub(context: SqliteContext): Promise<boolean> {
  await runWhenFree(context, () => context.sql.exec("VACUUM"));
  const { busy } = context.sql.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number };
  return busy === 0;
}
