/** Where events are handed on to. */
import type { Event } from "../../api/index.ts";
import { MalformedEventError } from "../receiver/event.ts";
import type { ClaimedEvent } from "../store/store.ts";

export type HandOn = Pick<ClaimedEvent, "id" | "type" | "key" | "sequence" | "createdAt" | "body"> & {
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

/** Waits for work that knows of no signal, for as long as the signal lets it. @throws SinkUnavailableError once aborted */
export async function withAbort<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  let abort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(new SinkUnavailableError("It was not taken in time", { cause: signal.reason }));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** What the network, name resolution and a machine that is out of file descriptors fail with. */
const networkCodes = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EADDRNOTAVAIL",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_MEMORY",
  "EAI_NODATA",
  "EAI_NONAME",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EMFILE",
  "ENETDOWN",
  "ENETRESET",
  "ENETUNREACH",
  "ENFILE",
  "ENOBUFS",
  "ENOTFOUND",
  "EPIPE",
  "EPROTO",
  "ETIMEDOUT",
  "ETIMEOUT",
  // A proxy gave no tunnel.
  "ERR_PROXY_TUNNEL",
  // A certificate, or the list of revoked ones, that is not accepted: every code of Node's documentation.
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "CERT_SIGNATURE_FAILURE",
  "CRL_SIGNATURE_FAILURE",
  "CERT_NOT_YET_VALID",
  "CERT_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_HAS_EXPIRED",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CRL_LAST_UPDATE_FIELD",
  "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
  "OUT_OF_MEM",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED",
  "INVALID_CA",
  "PATH_LENGTH_EXCEEDED",
  "INVALID_PURPOSE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "HOSTNAME_MISMATCH",
]);

/** Families of codes: Node's TLS, OpenSSL, Node's HTTP parser (the other side speaks no HTTP) and undici (fetch). */
const networkCode = /^(ERR_TLS_|ERR_SSL_|HPE_|UND_ERR_(CONNECT|HEADERS|BODY|SOCKET|RES|INFO|CLOSED|DESTROYED|PRX))/;

/** Whether an error says that the connection failed, however deep it lies. */
export function isNetworkError(error: unknown, depth = 0): boolean {
  // An error may be its own cause.
  if (typeof error !== "object" || error === null || depth > 5) return false;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const name = String(code);
  if (networkCodes.has(name) || networkCode.test(name) || isNetworkError(cause, depth + 1)) return true;
  return Array.isArray(errors) && errors.some((each) => isNetworkError(each, depth + 1));
}

/**
 * A sink that is a function: for use as a library. A connection that failed (to a database, to another server), and
 * a {@link SinkUnavailableError}, say nothing about the event; anything else it throws counts as a refusal of it.
 */
export function functionSink(
  handle: (event: Event, context: { signal: AbortSignal; attempt: number; sequence: number; key: string }) => unknown,
): Sink {
  return {
    name: "function",
    async handOn({ body, attempt, sequence, key }, signal) {
      let event: Event;
      try {
        event = JSON.parse(body);
      } catch (error) {
        throw new MalformedEventError(`The stored event cannot be read: ${(error as Error).message}`);
      }
      try {
        await handle(event, { signal, attempt, sequence, key });
      } catch (error) {
        if (!isNetworkError(error) || error instanceof SinkUnavailableError) throw error;
        throw new SinkUnavailableError((error as Error).message, { cause: error });
      }
    },
    async close() {},
  };
}
