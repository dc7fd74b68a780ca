/** An OnSync API that refuses, is busy and hangs up on command, and counts its requests by what it answers. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type CountingApi = {
  url: string;
  /** Requests by endpoint and status: `sendMessage 201`; `none` where it hung up. */
  counts: Map<string, number>;
  /** What the last answer told of the org's budget. */
  budget: { limit: number; remaining: number };
  close(): void;
};

type Answer = { status: number; body: object; headers?: Record<string, string> };

function refuse(status: number, code: string, headers = {}): Answer {
  return { status, headers, body: { error: { code, message: `The server says ${code}.` } } };
}

/** Whom the message is for says what becomes of it. `null`: it hangs up. */
function answerSend(to: string, isFirst: boolean): Answer | null {
  if (to === "lost") return null;
  if (to === "refused") return refuse(400, "validation_failed");
  if (to === "busy" && isFirst) return refuse(429, "rate_limited", { "retry-after": "0" });
  const createdAt = new Date().toISOString();
  const conversationId = `telegram:${to}`;
  return { status: 201, body: { id: `msg_${to}`, conversationId, type: "text", direction: "outbound", createdAt } };
}

function answerRequest(endpoint: string, to: string, isFirst: boolean): Answer | null {
  if (endpoint === "sendMessage") return answerSend(to, isFirst);
  return endpoint === "listMessages" ? refuse(403, "insufficient_scope") : refuse(404, "not_found");
}

/** Of what the tools here ask for. */
function nameEndpoint({ method, url = "" }: IncomingMessage): string {
  if (method === "POST" && url === "/v1/messaging/send") return "sendMessage";
  if (method === "GET" && /^\/v1\/conversations\/[^/]+\/messages/.test(url)) return "listMessages";
  return method === "GET" && /^\/v1\/contacts\/[^/]+$/.test(url) ? "getContact" : `${method} ${url}`;
}

export async function startCountingApi(): Promise<CountingApi> {
  const counts = new Map<string, number>();
  const budget = { limit: 1000, remaining: 1000 };
  const seen = new Set<string>();
  const server = createServer(async (request, response) => {
    const endpoint = nameEndpoint(request);
    const { to = "" } = JSON.parse((await text(request)) || "{}") as { to?: string };
    const answer = answerRequest(endpoint, to, !seen.has(to));
    seen.add(to);
    const counted = `${endpoint} ${answer?.status ?? "none"}`;
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
    if (!answer) {
      request.socket.destroy();
      return;
    }
    budget.remaining -= 1;
    const told = { "ratelimit-policy": '"org";q=1000;w=3600', ratelimit: `"org";r=${budget.remaining};t=600` };
    const headers = { "content-type": "application/json", ...told, ...answer.headers };
    const envelope = { requestId: "req_1", timestamp: new Date().toISOString() };
    response.writeHead(answer.status, headers).end(JSON.stringify({ ...answer.body, ...envelope }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    counts,
    budget,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
