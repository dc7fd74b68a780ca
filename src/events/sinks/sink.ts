/** Where events are handed on to. */
import type { Event } from "../../api/index.ts";
import { MalformedEventError } from "../receive.ts";
import type { Taken } from "../store.ts";

export type HandOn = Pick<Taken, "id" | "type" | "key" | "sequence" | "createdAt" | "body"> & {
  /** 1 for the first. More than one event in a sink with the same id is a repeat: hand-on is at least once. */
  attempt: number;
};

export type Sink = {
  /** What it is called in logs. */
  readonly name: string;
  /**
   * Resolves when the other side has taken the event for good. It is called for one event of a key at a time.
   *
   * @param signal aborted when it takes too long
   * @throws SinkUnavailableError when the sink is out of reach; anything else is a refusal of this event
   */
  handOn(event: HandOn, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

/**
 * The sink is out of reach or asks for patience. While nothing else gets through either, this says nothing about the
 * event, and it is tried again for as long as that takes.
 */
export class SinkUnavailableError extends Error {
  override readonly name = "SinkUnavailableError";
  /** Milliseconds the sink asked for; `null`: none. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number | null } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "CERT_HAS_EXPIRED",
  // A proxy gave no tunnel.
  "ERR_PROXY_TUNNEL",
]);

/** Whether an error says that the connection failed, however deep it lies. */
export const isNetworkError = (error: unknown): boolean => {
  if (typeof error !== "object" || error === null) return false;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (networkCodes.has(String(code)) || isNetworkError(cause)) return true;
  return Array.isArray(errors) && errors.some(isNetworkError);
};

/** A sink that is a function: for use as a library. What it throws counts as a refusal of the event. */
export const functionSink = (
  handle: (event: Event, context: { signal: AbortSignal; attempt: number; sequence: number; key: string }) => unknown,
): Sink => ({
  name: "function",
  async handOn({ body, attempt, sequence, key }, signal) {
    let event: Event;
    try {
      event = JSON.parse(body);
    } catch (error) {
      throw new MalformedEventError(`The stored event cannot be read: ${(error as Error).message}`);
    }
    await handle(event, { signal, attempt, sequence, key });
  },
  async close() {},
});
