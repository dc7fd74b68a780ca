/** A person in a send ledger: how their entries are told, and what becomes of them. */

/** How the entries of one person are told from all others. */
export type Recipient = {
  /** Whether messages to this address, or in this conversation, are theirs. */
  isReached(send: { scope: string; platform: string; address: string; conversationId: string | null }): boolean;
  /** Whether a text names them. */
  isNamedIn(text: string): boolean;
};

export type ForgottenSends = {
  /** Entries without their address now. */
  sends: number;
  /** Facts and proposals that are gone. */
  notes: number;
  /** Entries that are open: they are settled by their address, and keep it. */
  open: number;
  /** Entries by whose reference, which their sender chose, the person is named: it tells a repeat, and stays. */
  references: number;
  /** Whether nothing of what is gone is in a free part of the engine's files. */
  scrubbed: boolean;
};

/** The notes that name a person, and those that say what was decided on a proposal among them. */
export function selectNotes(notes: readonly { name: string; value: string }[], { isNamedIn }: Recipient): string[] {
  const named = notes.filter(({ name, value }) => isNamedIn(name) || isNamedIn(value)).map(({ name }) => name);
  const decisions = new Set(named.map((name) => name.replace(/^proposal /, "proposal decision ")));
  return [...new Set([...named, ...notes.map(({ name }) => name).filter((name) => decisions.has(name))])];
}
