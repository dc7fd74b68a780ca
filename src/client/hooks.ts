/** What the client tells whoever listens: its requests, what they were answered, how sends end, and what is not as documented. */
import type { EndpointName } from "../api/index.ts";
import type { RateLimit } from "./rate-limit.ts";

export type RequestEvent = {
  endpoint: EndpointName;
  method: string;
  /** Below the base URL, without the query. */
  path: string;
  /** 1 for the first. */
  attempt: number;
};
export type ResponseEvent = RequestEvent & {
  /** `null` when no answer came: `error` says why. */
  status: number | null;
  requestId: string | undefined;
  durationMs: number;
  rateLimit: RateLimit | null;
  /** Name of the error the attempt ended in, `null` where it succeeded. */
  error: string | null;
};
export type SendEvent = {
  /** `already_sent`: under this reference it was there, and nothing was sent now. */
  outcome: "sent" | "already_sent" | "not_sent" | "unknown";
};
export type DriftEvent = {
  endpoint: EndpointName;
  requestId: string | undefined;
  /** Where the answer differs from the schema, without the values. */
  issues: readonly { path: readonly PropertyKey[]; code: string; message: string }[];
};

/** Told, never asked: what a hook throws is ignored. No event carries the key or a query. */
export type Hooks = {
  onRequest?: ((event: RequestEvent) => void) | undefined;
  onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** How a call of `messages.send` ended, repeats and looking for the message included. */
  onSend?: ((event: SendEvent) => void) | undefined;
  /** An answer differs from the documented shape. The data is passed through as it came. */
  onDrift?: ((event: DriftEvent) => void) | undefined;
  /** How a send ended could not be noted in the ledger: its entry will read `unknown` until it is settled. */
  onLedgerError?: ((error: unknown) => void) | undefined;
};

/** Hooks listen: what goes wrong in one does not touch the call. */
export function notifyHook<Event>(hook: ((event: Event) => unknown) | undefined, event: Event): void {
  if (!hook) return;
  try {
    Promise.resolve(hook(event)).catch(() => {});
  } catch {}
}
