/** A store of shared imports in memory: as that of Redis and Postgres, for tests of what stands on it. */
import { type Claim, ClaimLost, type ImportStore } from "../../src/data/queue/store.ts";

type Kept = { token: number; claims: number; state: string | null; journal: Uint8Array[]; files: Map<string, Buffer> };

export class MemoryStore implements ImportStore {
  readonly kept = new Map<string, Kept>();

  #of(key: string): Kept {
    const found = this.kept.get(key) ?? { token: 0, claims: 0, state: null, journal: [], files: new Map() };
    this.kept.set(key, found);
    return found;
  }

  #check(key: string, token: number | null): Kept {
    const kept = this.#of(key);
    if (token !== null && kept.token !== token) throw new ClaimLost();
    return kept;
  }

  async claim(key: string): Promise<Claim> {
    const kept = this.#of(key);
    kept.token += 1;
    kept.claims += 1;
    return { token: kept.token, fruitless: kept.claims - 1 };
  }

  async noteFruit(key: string, token: number): Promise<void> {
    this.#check(key, token).claims = 0;
  }

  async append(key: string, token: number, entry: Uint8Array): Promise<void> {
    this.#check(key, token).journal.push(entry);
  }

  async compact(key: string, token: number, entry: Uint8Array): Promise<void> {
    this.#check(key, token).journal = [entry];
  }

  async *readJournal(key: string): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#of(key).journal;
  }

  async readState(key: string): Promise<string | null> {
    return this.#of(key).state;
  }

  async writeState(key: string, state: string, token: number | null): Promise<void> {
    this.#check(key, token).state = state;
  }

  async putFile(key: string, name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const whole: Uint8Array[] = [];
    for await (const piece of pieces) whole.push(piece);
    this.#of(key).files.set(name, Buffer.concat(whole));
  }

  async *readFile(key: string, name: string): AsyncGenerator<Uint8Array, void, undefined> {
    const file = this.#of(key).files.get(name);
    if (file) yield file;
  }

  async deleteFile(key: string, name: string): Promise<void> {
    this.#of(key).files.delete(name);
  }

  async close(): Promise<void> {}
}
