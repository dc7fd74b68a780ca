/** What the workers of several machines share of imports: each one's file, its journal, and how it stands. */

/** Somebody else works on it now: what this one does is not noted any more, and must not go on. */
export class ClaimLost extends Error {
  override readonly name = "ClaimLost";

  constructor() {
    super("another worker has taken this import over");
  }
}

/** The right to work on an import, until the next worker claims it. */
export type Claim = {
  token: number;
  /** How often in a row it was claimed before, and nothing came of it. */
  fruitless: number;
};

/** By import: its `key`. */
export interface ImportStore {
  /** Takes the import from whoever works on it. */
  claim(key: string): Promise<Claim>;
  /** Says that something has come of the claim: it does not count as fruitless. @throws ClaimLost */
  noteFruit(key: string, token: number): Promise<void>;
  /** Adds to the journal. It is on disk when this resolves. @throws ClaimLost */
  append(key: string, token: number, entry: Uint8Array): Promise<void>;
  /** Puts one entry in the place of all. @throws ClaimLost */
  compact(key: string, token: number, entry: Uint8Array): Promise<void>;
  readJournal(key: string): AsyncGenerator<Uint8Array, void, undefined>;

  /** How it stands; `null`: it was never asked for. */
  readState(key: string): Promise<string | null>;
  /** @param token of the claim in whose name it is written; `null`: of whoever asks for the import. @throws ClaimLost */
  writeState(key: string, state: string, token: number | null): Promise<void>;

  /** Whole or not at all. */
  putFile(key: string, name: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  readFile(key: string, name: string): AsyncGenerator<Uint8Array, void, undefined>;
  deleteFile(key: string, name: string): Promise<void>;
  close(): Promise<void>;
}

/** Files are kept in pieces of this size, so that none is read or written in one go. */
export const filePieceBytes = 256 * 1024;

/** Of whatever size they come. */
export async function* cutPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let kept = Buffer.alloc(0);
  for await (const piece of pieces) {
    kept = Buffer.concat([kept, piece]);
    for (; kept.length >= filePieceBytes; kept = kept.subarray(filePieceBytes)) yield kept.subarray(0, filePieceBytes);
  }
  if (kept.length > 0) yield kept;
}
