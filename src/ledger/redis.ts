/**
 * The send ledger in Redis, for the processes of several machines. Time is Redis's own clock. Redis must write its
 * append-only file before it answers (`appendonly yes`, `appendfsync always`): then a claim survives its restart.
 */
import type { Clock } from "../client/clock.ts";
import {
  calculateAdmissionRetentionMs,
  defaultListLimit,
  entryRetentionMs,
  type LedgerEntry,
  type LedgerKey,
  type SendLedger,
  type SendRecord,
  type SendState,
  sendStates,
  toLedgerEntry,
} from "../client/ledger/ledger.ts";
import { connectRedis, createUnusableRedisError, type RedisConnection, type Reply } from "../redis.ts";
import { createId } from "./ids.ts";
import {
  admitScript,
  claimScript,
  findScript,
  getScript,
  listScript,
  noteScript,
  recordScript,
  setNoteScript,
} from "./redis-scripts.ts";

export type RedisLedgerOptions = {
  /** `redis://[user:password@]host:port[/database]`, or `rediss://` for TLS. */
  url: string;
  /** In the name of every key, `{prefix:ledger}:…`, so that several ledgers share a Redis. `onsync` by default. */
  prefix?: string | undefined;
  /** Redis's own by default, which all processes share. */
  clock?: Clock | undefined;
  /** Is told when Redis is away and back, and where it could lose what it was told. */
  log?: ((level: "debug" | "info" | "warn" | "error", message: string, fields?: object) => void) | undefined;
};

/** When it was read, by the clock of the claims, and its fields and values in turn. */
type EntryReply = [now: number, fields: string[]];

/** Entries looked at in one go. */
const window = 200;

const durabilityWarning =
  "Redis answers before it has written to disk: set `appendonly yes` and `appendfsync always`, or what was sent can be forgotten when it stops.";

function toEntry([now, fields]: EntryReply): LedgerEntry {
  const values = new Map<string, string>();
  for (let index = 0; index < fields.length; index += 2)
    values.set(fields[index] as string, fields[index + 1] as string);
  const text = (name: string): string => values.get(name) ?? "";
  const textOrNull = (name: string): string | null => values.get(name) ?? null;
  const [claimedAt, updatedAt] = [Number(text("claimedAt")), Number(text("updatedAt"))];
  return toLedgerEntry({
    id: text("id"),
    claimId: text("claimId"),
    recorded: text("state") as SendState,
    scope: text("scope"),
    reference: text("reference"),
    fingerprint: text("fingerprint"),
    platform: text("platform"),
    to: text("to"),
    messageType: text("messageType"),
    conversationId: textOrNull("conversationId"),
    messageId: textOrNull("messageId"),
    sentAt: textOrNull("sentAt"),
    reason: textOrNull("reason"),
    requestId: textOrNull("requestId"),
    claimedAt: new Date(claimedAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    leaseMs: Number(text("leaseMs")),
    ageMs: Math.max(0, now - claimedAt),
  });
}

function toEntryOrNull(reply: Reply): LedgerEntry | null {
  return reply === null ? null : toEntry(reply as EntryReply);
}

/** The fields that an outcome sets (a value) or clears (`null`). */
function toChanges(outcome: SendRecord): Record<string, string | null> {
  const { requestId = null } = outcome;
  if (outcome.state !== "sent") return { reason: outcome.reason, requestId };
  const { messageId, conversationId, sentAt } = outcome;
  return { messageId, conversationId, sentAt, reason: null, requestId };
}

/** `null` where Redis does not tell. */
async function askSettings(redis: RedisConnection, ...command: string[]): Promise<Reply> {
  try {
    return await redis.send(...command);
  } catch (error) {
    // Redis answered: its refusals are errors of its own class. Whoever is away shows at the next command.
    if (error instanceof Error && /^(NOPERM|ERR)\b/.test(error.message)) return null;
    throw error;
  }
}

async function readSetting(redis: RedisConnection, name: string): Promise<string | null> {
  const [, value] = ((await askSettings(redis, "CONFIG", "GET", name)) ?? []) as string[];
  return value ?? null;
}

/** Many a hosted Redis forbids CONFIG, and has it among its figures. */
async function readEvictionPolicy(redis: RedisConnection): Promise<string | null> {
  const figures = String(await askSettings(redis, "INFO", "memory"));
  return (await readSetting(redis, "maxmemory-policy")) ?? /^maxmemory_policy:(\S+)/m.exec(figures)?.[1] ?? null;
}

/** @throws Error where this Redis may forget what it was told */
async function checkSettings(redis: RedisConnection, { url, log }: RedisLedgerOptions): Promise<void> {
  const policy = await readEvictionPolicy(redis);
  if (policy !== null && policy !== "noeviction")
    throw new Error(
      `The Redis at ${new URL(url).host} forgets sends when its memory is full (its maxmemory-policy is ${policy}), and a message could go out twice: set \`maxmemory-policy noeviction\` in its configuration.`,
    );
  const append = [await readSetting(redis, "appendonly"), await readSetting(redis, "appendfsync")];
  if (append[0] === null)
    log?.("warn", "Redis does not tell how it writes to disk. It must: appendonly yes, appendfsync always.");
  else if (append.join() !== "yes,always") log?.("warn", durabilityWarning);
}

/** @throws Error that does not repeat the URL: it may hold a password */
function checkUrl(url: string): void {
  const form = "write redis://HOST:PORT or rediss://HOST:PORT, with /0 or another number for the database";
  if (!URL.canParse(url)) throw new Error(`It is not an address of Redis: ${form}`);
  const { protocol, hostname, pathname } = new URL(url);
  if (!["redis:", "rediss:"].includes(protocol) || hostname === "") throw new Error(`It names no Redis: ${form}`);
  if (!/^\/?\d*$/.test(pathname)) throw new Error(`Its database is not a number: ${form}`);
}

/**
 * @throws Error that says so when there is no Redis at the URL, or when it evicts what it was told (`maxmemory-policy`)
 */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<SendLedger> {
  const { url, prefix = "onsync", log } = options;
  checkUrl(url);
  const redis = await connectRedis(url, log);
  const root = `{${prefix}:ledger}`;
  const now = (): string => (options.clock ? String(Math.round(options.clock.now())) : "");
  try {
    await checkSettings(redis, options);
    await redis.run(noteScript, root, now(), "").catch((error) => {
      throw createUnusableRedisError(url, error);
    });
  } catch (error) {
    await redis.close();
    throw error;
  }
  const nameOf = ({ scope, reference }: LedgerKey): string => JSON.stringify([scope, reference]);

  return {
    durable: true,

    async claim(message, { leaseMs, replaces = "" }) {
      const { scope, reference, fingerprint, platform, to, messageType } = message;
      const fields = { claimId: createId("claim"), scope, reference, fingerprint, platform, to, messageType };
      const about = [nameOf(message), replaces, Math.round(leaseMs), createId("send")];
      const pairs = Object.entries(fields).flat();
      const reply = await redis.run(claimScript, root, now(), entryRetentionMs, ...about, ...pairs);
      const [granted, entry] = reply as [number, EntryReply];
      return { granted: granted === 1, entry: toEntry(entry) };
    },

    async record(key, outcome, claimId = "") {
      const changes = Object.entries(toChanges(outcome)).flatMap(([field, value]) =>
        value === null ? [field, 0, ""] : [field, 1, value],
      );
      const about = [nameOf(key), claimId, outcome.state];
      return toEntryOrNull(await redis.run(recordScript, root, now(), entryRetentionMs, ...about, ...changes));
    },

    async find(key) {
      return toEntryOrNull(await redis.run(findScript, root, now(), entryRetentionMs, nameOf(key)));
    },

    async get(id) {
      return toEntryOrNull(await redis.run(getScript, root, now(), entryRetentionMs, id));
    },

    async list({ states = sendStates, limit = defaultListLimit } = {}) {
      const set = states.every((state) => state === "claimed" || state === "unknown") ? "open" : "claims";
      const listed: LedgerEntry[] = [];
      for (let below = "+inf"; listed.length < limit; ) {
        const found = (await redis.run(listScript, root, now(), entryRetentionMs, set, below, window)) as [
          string,
          Reply,
        ][];
        for (const [, reply] of found) {
          const entry = toEntryOrNull(reply);
          if (entry !== null && states.includes(entry.state)) listed.push(entry);
        }
        const last = found.at(-1);
        if (last === undefined || found.length < window) break;
        [below] = last;
      }
      return listed.slice(0, Math.max(0, limit));
    },

    async note(name) {
      return (await redis.run(noteScript, root, now(), name)) as string | null;
    },

    async setNote(name, value, { ttlMs, ifAbsent = false }) {
      const args = [name, value, Math.max(1, Math.round(ttlMs)), ifAbsent ? 1 : 0];
      return (await redis.run(setNoteScript, root, now(), ...args)) === 1;
    },

    async admit(name, limits) {
      const ticket = createId("ticket");
      const pairs = limits.flatMap(({ limit, windowMs }) => [limit, Math.round(windowMs)]);
      const reply = await redis.run(
        admitScript,
        root,
        now(),
        name,
        ticket,
        calculateAdmissionRetentionMs(limits),
        ...pairs,
      );
      if (reply === null) return { admitted: true, ticket };
      const [index, waitMs] = reply as [number, number];
      return { admitted: false, ...(limits[index] as (typeof limits)[number]), waitMs };
    },

    async release(name, ticket) {
      await redis.send("ZREM", `${root}:admissions:${name}`, ticket);
    },

    close: () => redis.close(),
  };
}
