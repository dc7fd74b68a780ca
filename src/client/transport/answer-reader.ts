/** Reads one answer as undici hands it on, piece by piece: a stream for each body costs more than the rest of a request. */
import { createTooLargeError, type TransportResponse } from "./transport.ts";

/** By which undici's handlers end what is under way. */
type Controller = { abort(reason: Error): void };

type Settle = {
  signal: AbortSignal;
  /** Bytes of the body to read at most. */
  maxBytes: number;
  resolve: (response: TransportResponse) => void;
  reject: (error: Error) => void;
};

/** A handler for undici's `dispatch`. It settles once: with what came after a status line, or with why none did. */
export class AnswerReader {
  readonly #settle: Settle;
  #controller: Controller | undefined;
  #status: number | undefined;
  #headers: TransportResponse["headers"] = {};
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(settle: Settle) {
    this.#settle = settle;
    settle.signal.addEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => this.#controller?.abort(this.#settle.signal.reason);

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // It waited for a connection until now.
    if (this.#settle.signal.aborted) this.#abort();
  }

  onResponseStart(_controller: Controller, status: number, headers: TransportResponse["headers"]): void {
    // What comes before the answer (100 Continue, 103 Early Hints) is none.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size <= this.#settle.maxBytes) return;
    this.#chunks.length = 0;
    // The connection ends with it: the rest is not read.
    controller.abort(createTooLargeError(this.#settle.maxBytes));
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    this.#end(error);
  }

  #end(error?: Error): void {
    const { signal, resolve, reject } = this.#settle;
    signal.removeEventListener("abort", this.#abort);
    if (this.#status === undefined) reject(error ?? new Error("the answer ended before it began"));
    else
      resolve({
        status: this.#status,
        headers: this.#headers,
        text: Buffer.concat(this.#chunks).toString("utf8"),
        ...(error && { incomplete: error }),
      });
  }
}
