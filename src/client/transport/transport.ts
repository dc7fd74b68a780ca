/**
 * What carries one request: undici in Node (`undici.ts`), any fetch (`fetch.ts`), Zapier's `z.request`. A transport makes
 * one attempt and follows no redirect; retries, deadlines and errors are the client's.
 */

export type TransportRequest = {
  method: string;
  /** Absolute. Path parts are percent-encoded already. */
  url: string;
  /** Lower-case names. `authorization` carries the key: never log them. */
  headers: Record<string, string>;
  /** JSON. */
  body?: string;
  /** Aborted at the deadline and when the caller gives up. A transport that ignores it does not hold the call up. */
  signal: AbortSignal;
  /** Bytes of the answer's body to read at most; all of it where this is left out. Past that the transport stops reading and says so in `incomplete`. */
  maxBytes?: number;
};

/** What `incomplete` is where the body is longer than was asked for. */
export function createTooLargeError(maxBytes: number): Error {
  return Object.assign(new Error(`the answer is longer than ${maxBytes} bytes`), { code: tooLargeCode });
}

export const tooLargeCode = "ERR_ANSWER_TOO_LARGE";

export type TransportResponse = {
  status: number;
  /** Names in any case. */
  headers: Record<string, string | string[] | undefined>;
  /** The body, as far as it came. */
  text: string;
  /** The body broke off after the status line: why. */
  incomplete?: Error;
};

/**
 * Resolves once a status line has come, whatever the status. Rejects when none came: with the network's own error
 * (its `code` and `syscall`, also in `cause`, tell whether the request can have left).
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;
