/** A delivery's body, read with limits: of its size, of the time it takes, and of all bodies together. */
import { maxBodyBytes } from "../../api/index.ts";
import type { Clock } from "../../client/clock.ts";
import { startDeadline, withDeadline } from "../../client/deadline.ts";
import type { RefusalReason } from "./delivery.ts";

/** Why a delivery was not looked at, as the answer's status, reason and sentence. */
export class RejectedBodyError extends Error {
  override readonly name = "RejectedBodyError";
  readonly status: 400 | 408 | 413 | 503;
  readonly reason: RefusalReason;

  constructor(status: 400 | 408 | 413 | 503, reason: RefusalReason, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export type BodyLimits = {
  /** Milliseconds a body may take to arrive. */
  timeoutMs: number;
  /** Bytes of bodies under way at once: what is above is asked to come back. */
  maxBytesUnderWay: number;
  clock: Clock;
};

export class BodyReader {
  readonly #limits: BodyLimits;
  #bytesUnderWay = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /**
   * @param declaredLength the Content-Length header
   * @throws RejectedBodyError; then the rest of the body is not read
   */
  async read(body: AsyncIterable<Uint8Array> | null, declaredLength: string | null): Promise<Buffer> {
    const { timeoutMs, clock } = this.#limits;
    if (Number(declaredLength) > maxBodyBytes) throw createTooLargeError();
    if (!body) return Buffer.alloc(0);
    const parts = body[Symbol.asyncIterator]();
    const kept: Uint8Array[] = [];
    const deadline = startDeadline({ clock, deadlineMs: timeoutMs });
    try {
      const result = await withDeadline(deadline, (signal) => this.#collect(parts, kept, signal));
      if (result.kind === "done") return Buffer.concat(kept);
      // The rest of it is not waited for.
      Promise.resolve(parts.return?.()).catch(() => {});
      if (result.kind === "expired")
        throw new RejectedBodyError(408, "too_slow", `The body did not arrive within ${timeoutMs / 1000} seconds.`);
      if (result.kind === "failed" && result.error instanceof RejectedBodyError) throw result.error;
      throw new RejectedBodyError(400, "broken_off", "The connection broke before the whole body was here.");
    } finally {
      this.#bytesUnderWay -= sumBytes(kept);
    }
  }

  /** Keeps the parts of a body as they arrive, until it ends or is given up. */
  async #collect(parts: AsyncIterator<Uint8Array>, kept: Uint8Array[], signal: AbortSignal): Promise<void> {
    let size = 0;
    for (;;) {
      const { done, value } = await parts.next();
      // What arrives of a body that was given up is nobody's.
      if (done || signal.aborted) return;
      size += value.byteLength;
      kept.push(value);
      this.#bytesUnderWay += value.byteLength;
      if (size > maxBodyBytes) throw createTooLargeError();
      if (this.#bytesUnderWay > this.#limits.maxBytesUnderWay)
        throw new RejectedBodyError(503, "overload", "Too much is arriving at once: deliver this again shortly.");
    }
  }
}

function createTooLargeError(): RejectedBodyError {
  return new RejectedBodyError(413, "too_large", `The delivery is larger than ${maxBodyBytes} bytes.`);
}

function sumBytes(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
