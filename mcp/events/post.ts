/** One signed request to a subscriber's address, and what came of it. */
import { randomBytes } from "node:crypto";
import type { Deliver } from "../../src/http/guarded-post.ts";
import { signWebhook } from "./standard-webhooks.ts";
import type { EventSubscription, FailureReason } from "./subscription.ts";

/** How long an endpoint has for its answer, in milliseconds. */
const answerTimeoutMs = 10_000;

/** What receivers take of a body, in bytes. */
const maxBodyBytes = 256 * 1024;

export type Posted =
  | { ok: true; body: string }
  /** `gone`: the endpoint wants no more. `tooLarge`: it will take others, and this one never. */
  | { ok: false; reason: FailureReason; gone?: true; tooLarge?: true };

type Target = Pick<EventSubscription, "id" | "url" | "secret" | "previousSecret" | "previousSecretUntil">;

/** @param id of the message: the same for each attempt */
export async function postSigned(
  deliver: Deliver,
  target: Target,
  id: string,
  message: object,
  now: number,
): Promise<Posted> {
  const { secret, previousSecret, previousSecretUntil } = target;
  const body = JSON.stringify(message);
  if (Buffer.byteLength(body) > maxBodyBytes) return { ok: false, reason: "http_4xx", tooLarge: true };
  const secrets = previousSecret !== null && now < previousSecretUntil ? [secret, previousSecret] : [secret];
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...signWebhook(id, body, secrets, now),
    "x-mcp-subscription-id": target.id,
  };
  try {
    const signal = AbortSignal.timeout(answerTimeoutMs);
    const { status, body: answer = "" } = await deliver({ url: target.url, headers, body, signal });
    if (status >= 200 && status < 300) return { ok: true, body: answer };
    if (status === 410) return { ok: false, reason: "http_4xx", gone: true };
    if (status === 413) return { ok: false, reason: "http_4xx", tooLarge: true };
    return { ok: false, reason: status >= 500 ? "http_5xx" : "http_4xx" };
  } catch (error) {
    return { ok: false, reason: classifyError(error) };
  }
}

/** A message of the server's own, which is no event. */
export function createMessageId(kind: string): string {
  return `msg_${kind}_${randomBytes(12).toString("hex")}`;
}

function classifyError(error: unknown): FailureReason {
  const { name, code = "", message = "" } = error as { name?: string; code?: string; message?: string };
  if (name === "TimeoutError" || name === "AbortError" || code === "ETIMEDOUT") return "timeout";
  if (
    /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code) ||
    message.includes("certificate")
  )
    return "tls_error";
  return "connection_refused";
}
