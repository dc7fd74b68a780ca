/** The connection to Redis: commands that fail at once while it is away, and scripts that survive its restart. */
import { createHash } from "node:crypto";
import { systemClock } from "./client/clock.ts";
import { startDeadline, withDeadline } from "./client/deadline.ts";
import { createTruncatingLog } from "./log-limits.ts";

/** Is told when the connection is lost and when it is back. */
export type RedisLogger = (level: "info" | "warn", message: string, fields?: object) => void;

export type Reply = string | number | null | Reply[];

export type RedisConnection = {
  /** @throws Error when Redis refuses, is away, or does not answer in time */
  send(...command: (string | number)[]): Promise<Reply>;
  run(script: Script, key: string, ...args: (string | number)[]): Promise<Reply>;
  close(): Promise<void>;
};

export type Script = { source: string; sha: string };

export function createScript(source: string): Script {
  return {
    source,
    sha: createHash("sha1").update(source).digest("hex"),
  };
}

/** Lua for scripts: `clock(given)`, the time in milliseconds; an ARGV of "" means Redis's own clock, which all processes share. */
export const readClock = `local function clock(given)
  if given ~= '' then return tonumber(given) end
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end`;

const connectTimeoutMs = 5000;
const answerTimeoutMs = 6000;
const maxReconnectDelayMs = 1000;

/** @throws Error when Redis refuses, or does not answer in time */
async function waitForAnswer<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const deadline = startDeadline({ clock: systemClock, deadlineMs: answerTimeoutMs });
  const result = await withDeadline(deadline, () => answer);
  if (result.kind === "done") return result.value;
  throw result.kind === "failed" ? result.error : new Error(`Redis did not answer within ${answerTimeoutMs / 1000} s`);
}

/** What to say of a Redis that cannot be worked with. The URL's password is not shown. */
export function createUnusableRedisError(url: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new Error(
    `There is no Redis to work with at ${new URL(url).host}: ${reason.replace(/\.$/, "")}. Check the address, the password and that it runs.`,
    { cause: error },
  );
}

/** @throws Error that says so when there is no Redis at the URL */
export async function connectRedis(url: string, given: RedisLogger = () => {}): Promise<RedisConnection> {
  const log: RedisLogger = createTruncatingLog(given);
  const { createClient } = await import("redis");
  let connected = false;
  const client = createClient({
    url,
    RESP: 2,
    // Waiting for Redis to come back is for those who deliver: they are told to try again.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: (retries) => connected && Math.min(50 * 2 ** Math.min(retries, 10), maxReconnectDelayMs),
    },
  });
  client.on(
    "error",
    (error: Error) => connected && log("warn", "Redis is away", { reason: error.message || error.name }),
  );
  client.on("ready", () => connected && log("info", "Redis is back"));
  try {
    await waitForAnswer(client.connect());
    // Without a password one gets as far as this, and no further.
    await waitForAnswer(client.ping());
    connected = true;
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw createUnusableRedisError(url, error);
  }

  const send: RedisConnection["send"] = async (...command) =>
    (await waitForAnswer(client.sendCommand(command.map(String)))) as unknown as Reply;

  return {
    send,
    async run({ source, sha }, key, ...args) {
      try {
        return await send("EVALSHA", sha, 1, key, ...args);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
        return send("EVAL", source, 1, key, ...args);
      }
    },
    async close() {
      if (client.isReady) await client.close();
      else client.destroy();
    },
  };
}

const maxRewriteMs = 60_000;
const rewritePauseMs = 100;

/**
 * Has Redis write its append-only file anew, without the commands that brought what is gone.
 *
 * @returns `false`: it may not be asked to, or has not come to its end
 */
export async function rewriteAppendOnlyFile(redis: RedisConnection): Promise<boolean> {
  try {
    await redis.send("BGREWRITEAOF");
    for (let waitedMs = 0; waitedMs < maxRewriteMs; waitedMs += rewritePauseMs) {
      await systemClock.sleep(rewritePauseMs);
      const figures = String(await redis.send("INFO", "persistence"));
      if (/aof_rewrite_in_progress:0/.test(figures) && /aof_rewrite_scheduled:0/.test(figures))
        return /aof_last_bgrewrite_status:ok/.test(figures);
    }
    return false;
  } catch {
    return false;
  }
}
