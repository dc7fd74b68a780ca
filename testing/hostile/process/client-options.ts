/** The client as a process uses it: what is asked of it, and what it is given. */
import type { SendLedger } from "../../../src/client/ledger/ledger.ts";
import type { MachineClock } from "../machine-clock.ts";
import type { OutgoingRequest } from "../server/records.ts";

export type Platform = "whatsapp" | "instagram" | "facebook" | "telegram";
export type SendInput = {
  platform: Platform;
  to: string;
  messageType: "text";
  content: string;
  metadata?: Record<string, unknown>;
};
export type SendOptions = { clientReference?: string; signal?: AbortSignal; deadlineMs?: number };
export type Sender = { messages: { send(input: SendInput, options?: SendOptions): Promise<unknown> } };

export type Transport = (request: OutgoingRequest) => Promise<{
  status: number;
  headers: Record<string, string>;
  text: string;
  incomplete?: Error;
}>;

export type ClientOptions = {
  apiKey: string;
  baseUrl: string;
  transport: Transport;
  clock: MachineClock;
  random(): number;
  uuid(): string;
  deadlineMs?: number;
  maxAttempts?: number;
  ledger?: SendLedger;
  ledgerScope?: string;
  onDrift?(event: unknown): void;
};

/** `createOnSync`, or a client that is wrong on purpose. */
export type CreateClient = (options: ClientOptions) => Sender;
