/** What the model keeps: the messages that exist, and every request as it really went. */
import type { Fault } from "../faults/fault.ts";

export type Recipient = { platform: string; to: string };

export type StoredMessage = Recipient & {
  id: string;
  conversationId: string;
  direction: "inbound" | "outbound";
  content: string;
  metadata: Record<string, unknown>;
  /** Microseconds of the server's wall clock. */
  createdAtMicros: number;
  /** True time at which it came to be. */
  landedAt: number;
  /** The number of the request that made it; `null` for a customer's. */
  request: number | null;
};

/** One send that reached the way to OnSync, as the model knows it. */
export type SendRequest = {
  number: number;
  at: number;
  process: string;
  reference: unknown;
  content: unknown;
  to: unknown;
  fault: Fault | null;
  /** When an answer or failure reached the client; `null` while it has not. */
  endedAt: number | null;
  /** Whether whoever sent it may take it for processed: false after a proof. */
  mayBeProcessed: boolean;
  /** Whether a good 201 of its own reached the client. */
  confirmed: boolean;
  message: StoredMessage | null;
};

/** One read of a conversation's history. */
export type HistoryRead = {
  at: number;
  endedAt: number | null;
  process: string;
  /** References that the answer showed to a client that can read them. */
  shown: string[];
  /** Whether something other than the server's own answer came back. */
  faulted: boolean;
};

export type OutgoingRequest = {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | null;
  signal?: AbortSignal | null;
};

export type Reply = { status: number; headers: Record<string, string>; text: string };
