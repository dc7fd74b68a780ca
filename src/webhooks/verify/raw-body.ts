/** The raw body of a delivery, in each form in which platforms hand it over. */
import { describeBodyMistake, type HeaderValue, signatureHeader } from "../../api/signature-format.ts";

/** What is needed of the Request of Fetch, whose body is read here, once. */
export type WebRequest = {
  readonly headers: { get(name: string): string | null };
  readonly bodyUsed?: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
};

export type Delivery = WebRequest | string | Uint8Array | ArrayBuffer;

type SignedBytes = { bytes: Uint8Array<ArrayBuffer>; text: string | undefined; header: HeaderValue };

/** @throws TypeError that names the mistake, where it is no raw body: it is the caller's, and would refuse every delivery */
export async function readRawBody(delivery: Delivery, header: HeaderValue): Promise<SignedBytes> {
  if (typeof delivery === "string") return { bytes: new TextEncoder().encode(delivery), text: delivery, header };
  if (ArrayBuffer.isView(delivery)) return { bytes: copyBytes(delivery), text: undefined, header };
  if (isArrayBuffer(delivery)) return { bytes: new Uint8Array(delivery.slice(0)), text: undefined, header };
  if (!isWebRequest(delivery)) throw new TypeError(`verify: ${describeBodyMistake(delivery)}`);
  if (delivery.bodyUsed)
    throw new TypeError(
      "verify: the request's body was read before: verify it first, or read it with text() and give verify that text and the header",
    );
  const bytes = new Uint8Array(await delivery.arrayBuffer());
  return { bytes, text: undefined, header: header ?? delivery.headers.get(signatureHeader) };
}

/** A Buffer may be a part of a larger piece of memory, and changes with it: what is verified is what is read afterwards. */
function copyBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

/** Told by its tag: one of another realm (a test's, a worker's) is none of this one's. */
function isArrayBuffer(value: object): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

function isWebRequest(value: unknown): value is WebRequest {
  const request = value as Partial<WebRequest> | null | undefined;
  return typeof request?.arrayBuffer === "function" && typeof request.headers?.get === "function";
}
