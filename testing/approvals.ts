/**
 * An assistant's server that only a person can make send, on the reference API: with the ledger that both share, and what
 * was really sent, read where it arrives.
 */
import { createReference } from "../reference/index.ts";
import { systemClock } from "../src/client/clock.ts";
import { createMemoryLedger, createOnSync, fetchTransport, type OnSync, type SendLedger } from "../src/client/index.ts";
import { createProposals, type Proposals } from "../src/proposals/proposals.ts";

export type ApprovalWorld = {
  onsync: OnSync;
  ledger: SendLedger;
  proposals: Proposals;
  /** The clock of everything here. */
  now(): number;
  pass(ms: number): void;
  /** Bodies of the requests to send that the API took, in order. */
  sent: { to: string; content?: string; metadata?: Record<string, unknown> }[];
  /** The next requests to send fail so: refused, or with an answer that is lost after the work was done. */
  faults: ("refused" | "lost")[];
  /** Another process on the same ledger. */
  createReplica(): OnSync;
  [Symbol.asyncDispose](): Promise<void>;
};

const refusal = { error: { code: "insufficient_scope", message: "The key may not send." }, requestId: "req_refused" };

export async function createApprovalWorld(ledger?: SendLedger): Promise<ApprovalWorld> {
  let time = Date.parse("2025-03-01T09:00:00.000Z");
  const now = () => time;
  // Its deadlines are real, and nothing here waits for one.
  const clock = { ...systemClock, now, monotonic: now };
  const reference = createReference({ clock: () => time });
  // It outlives the clients, as a file outlives processes.
  const shared: SendLedger = ledger ?? { ...createMemoryLedger({ clock }), durable: true };
  const sent: ApprovalWorld["sent"] = [];
  const faults: ApprovalWorld["faults"] = [];
  const carry = async (request: Request): Promise<Response> => {
    const isSend = request.method === "POST" && new URL(request.url).pathname.endsWith("/messaging/send");
    if (!isSend) return reference.fetch(request);
    const fault = faults.shift();
    if (fault === "refused") return Response.json(refusal, { status: 403 });
    const body = (await request.clone().json()) as ApprovalWorld["sent"][number];
    const response = await reference.fetch(request);
    if (response.ok) sent.push(body);
    if (fault === "lost" && response.ok) throw new TypeError("fetch failed");
    return response;
  };
  const createClient = () =>
    createOnSync({
      apiKey: reference.key,
      baseUrl: "http://127.0.0.1/v1",
      transport: fetchTransport((request) => carry(request)),
      ledger: shared,
      clock,
    });
  return {
    onsync: createClient(),
    ledger: shared,
    proposals: createProposals(shared, now),
    now,
    pass: (ms) => {
      time += ms;
    },
    sent,
    faults,
    createReplica: createClient,
    [Symbol.asyncDispose]: async () => {
      await shared.close();
      await reference.close();
    },
  };
}

/** A text to somebody on Telegram, where no window closes. */
export const hello = { platform: "telegram", to: "482910377", content: "Your table is booked for eight." };
