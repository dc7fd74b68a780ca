/** A delivery's body, read with limits: of its size, of the time it takes, and of all bodies together. */
import { maxBodyBytes } from "../../api/index.ts";
import type { Clock } from "../../client/clock.ts";

/** Why a delivery was not looked at, as the answer's status and sentence. */
export class RejectedBodyError extends Error {
  override readonly name = "BodyRefusal";
  readonly status: 400 | 408 | 413 | 503;

  constructor(status: 400 | 408 | 413 | 503, message: string) {
    super(message);
    this.status = status;
  }
}

export type BodyLimits = {
  /** Milliseconds a body may take to arrive. */
  timeoutMs: number;
  /** Bytes of bodies under way at once: what is above is asked to come back. */
  maxBytesUnderWay: number;
  clock: Clock;
};

function createTooLargeError() {
  return new RejectedBodyError(413, `The delivery is larger than ${maxBodyBytes} bytes.`);
}

export function createBodyReader({ timeoutMs, maxBytesUnderWay, clock }: BodyLimits) {
  let underWay = 0;

  const collect = async (parts: AsyncIterator<Uint8Array>, kept: Uint8Array[], count: (bytes: number) => void) => {
    for (;;) {
      const { done, value } = await parts.next();
      if (done) return Buffer.concat(kept);
      count(value.byteLength);
      kept.push(value);
    }
  };

  /**
   * @param declared the Content-Length header
   * @throws BodyRefusal; then the rest of the body is not read
   */
  return async (body: AsyncIterable<Uint8Array> | null, declared: string | null): Promise<Buffer> => {
    if (Number(declared) > maxBodyBytes) throw createTooLargeError();
    if (!body) return Buffer.alloc(0);
    const parts = body[Symbol.asyncIterator]();
    const timer = new AbortController();
    let size = 0;
    const count = (bytes: number): void => {
      size += bytes;
      underWay += bytes;
      if (size > maxBodyBytes) throw createTooLargeError();
      if (underWay > maxBytesUnderWay)
        throw new RejectedBodyError(503, "Too much is arriving at once: deliver this again shortly.");
    };
    const late = clock.sleep(timeoutMs, timer.signal).then(
      () => {
        throw new RejectedBodyError(408, `The body did not arrive within ${timeoutMs / 1000} seconds.`);
      },
      () => Buffer.alloc(0),
    );
    const whole = collect(parts, [], count);
    whole.catch(() => {});
    late.catch(() => {});
    try {
      return await Promise.race([whole, late]);
    } catch (error) {
      // The rest of it is not waited for.
      Promise.resolve(parts.return?.()).catch(() => {});
      if (error instanceof RejectedBodyError) throw error;
      throw new RejectedBodyError(400, "The connection broke before the whole body was here.");
    } finally {
      underWay -= size;
      timer.abort();
    }
  };
}
