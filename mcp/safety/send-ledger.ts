import { CallRefusedError, refuseCall } from "../answers/tool-failure.ts";

/**
 * Asks the send ledger. Without it a server cannot know what was sent, so that nothing is.
 *
 * @throws CallRefusedError where it cannot be asked
 */
export async function askLedger<Value>(tool: string, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CallRefusedError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw refuseCall(
      tool,
      "ledger_unavailable",
      `Nothing was sent. The send ledger cannot be asked: ${why}.`,
      "tell the operator of this server.",
    );
  }
}
