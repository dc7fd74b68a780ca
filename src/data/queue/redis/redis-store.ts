/**
 * Imports in Redis, under `{onsync:imports}:KEY`: a hash with the claim and the state, a list that is the journal, a list for each
 * file. Redis must write its append-only file before it answers (`appendonly yes`, `appendfsync always`).
 */
import { connectRedis, createScript, type RedisConnection, type RedisLogger, type Script } from "../../../redis.ts";
import { type Claim, ClaimLost, cutPieces, type ImportStore } from "../store.ts";

const journalWindow = 500;

const claimScript = createScript(`
local fruitless = redis.call('HINCRBY', KEYS[1], 'claims', 1) - 1
return { redis.call('HINCRBY', KEYS[1], 'token', 1), fruitless }
`);

/** ARGV: the token of a claim, or ""; what is written. → 1, or 0: the claim is another's */
const guarded = (work: string) =>
  createScript(`
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
${work}
return 1
`);

const fruitScript = guarded("redis.call('HSET', KEYS[1], 'claims', 0)");
const appendScript = guarded("redis.call('RPUSH', KEYS[1] .. ':journal', ARGV[2])");
const compactScript = guarded(`
redis.call('DEL', KEYS[1] .. ':journal')
redis.call('RPUSH', KEYS[1] .. ':journal', ARGV[2])`);
const stateScript = guarded("redis.call('HSET', KEYS[1], 'state', ARGV[2])");

/** @throws Error that says so when there is no Redis at the URL */
export async function openRedisStore(url: string, log?: RedisLogger): Promise<ImportStore> {
  return new RedisStore(await connectRedis(url, log));
}

class RedisStore implements ImportStore {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  #root(key: string): string {
    return `{onsync:imports}:${key}`;
  }

  async #runGuarded(script: Script, key: string, token: number | null, ...args: string[]): Promise<void> {
    if ((await this.#redis.run(script, this.#root(key), token ?? "", ...args)) !== 1) throw new ClaimLost();
  }

  async claim(key: string): Promise<Claim> {
    const [token, fruitless] = (await this.#redis.run(claimScript, this.#root(key))) as [number, number];
    return { token, fruitless };
  }

  noteFruit(key: string, token: number): Promise<void> {
    return this.#runGuarded(fruitScript, key, token);
  }

  append(key: string, token: number, entry: Uint8Array): Promise<void> {
    return this.#runGuarded(appendScript, key, token, Buffer.from(entry).toString("base64"));
  }

  compact(key: string, token: number, entry: Uint8Array): Promise<void> {
    return this.#runGuarded(compactScript, key, token, Buffer.from(entry).toString("base64"));
  }

  readJournal(key: string): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#readList(`${this.#root(key)}:journal`, journalWindow);
  }

  async *#readList(list: string, window: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; ; at += window) {
      const found = (await this.#redis.send("LRANGE", list, at, at + window - 1)) as string[];
      for (const each of found) yield Buffer.from(each, "base64");
      if (found.length < window) return;
    }
  }

  async readState(key: string): Promise<string | null> {
    return (await this.#redis.send("HGET", this.#root(key), "state")) as string | null;
  }

  writeState(key: string, state: string, token: number | null): Promise<void> {
    return this.#runGuarded(stateScript, key, token, state);
  }

  async putFile(key: string, name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const list = `${this.#root(key)}:file:${name}`;
    const part = `${list}:part`;
    await this.#redis.send("DEL", part);
    // An empty file has a list, too.
    await this.#redis.send("RPUSH", part, "");
    for await (const piece of cutPieces(pieces)) await this.#redis.send("RPUSH", part, piece.toString("base64"));
    await this.#redis.send("RENAME", part, list);
  }

  readFile(key: string, name: string): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#readList(`${this.#root(key)}:file:${name}`, 4);
  }

  async deleteFile(key: string, name: string): Promise<void> {
    await this.#redis.send("DEL", `${this.#root(key)}:file:${name}`);
  }

  close(): Promise<void> {
    return this.#redis.close();
  }
}
