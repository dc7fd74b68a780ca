/**
 * What can happen to one request on its way there and back: a catalogue. Each says when the work of a send is done, what
 * comes back, and whether that is proof that the request was not processed.
 */
import type { Random } from "./random.ts";

/** What one attempt is answered with; `reject` for what never becomes an answer. */
export type Answer =
  | { status: number; headers: Record<string, string>; text: string; incomplete?: Error }
  | { reject: Error }
  | "silence";

export type Fault = {
  name: string;
  /**
   * When the work is done, after the request arrived: `null` never, 0 before the answer. A request that never left does
   * no work.
   */
  workMs: number | null;
  /** Whether the answer proves that OnSync did not process the request. */
  proof: boolean;
  /** A fault that any network or server has, with no work after the answer and no answer of anybody else's. */
  plain: boolean;
  /** Given the answer OnSync would have sent. */
  answer(own: { status: number; headers: Record<string, string>; text: string }, random: Random): Answer;
  /** How long until the answer or the failure, beside the usual. */
  delayMs?: number;
  /** The answer is whole and right, only late. */
  good?: true;
};

export function networkError(code: string, syscall: string, wrapped: boolean): Error {
  const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
  return wrapped ? new TypeError("fetch failed", { cause }) : cause;
}

const envelope = { requestId: "req_own", timestamp: "2026-03-01T08:00:00.000Z" };

export function ownError(status: number, code: string, message: string, headers: Record<string, string> = {}) {
  return {
    status,
    headers: { "content-type": "application/json", "x-request-id": envelope.requestId, ...headers },
    text: JSON.stringify({ error: { code, message }, ...envelope }),
  };
}

export function frameworkNotFound(path: string) {
  return {
    status: 404,
    headers: { "content-type": "application/json; charset=utf-8" },
    text: JSON.stringify({ statusCode: 404, error: "Not Found", message: `Cannot GET ${path}` }),
  };
}

function html(status: number, title: string, headers: Record<string, string> = {}) {
  return {
    status,
    headers: { "content-type": "text/html", ...headers },
    text: `<html><head><title>${status} ${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}

/** What never left: the network says so before a byte of the request was written. */
const neverLeft: Fault[] = (
  [
    ["DNS fails", "ENOTFOUND", "getaddrinfo"],
    ["DNS is busy", "EAI_AGAIN", "getaddrinfo"],
    ["connection refused", "ECONNREFUSED", "connect"],
    ["connecting times out", "ETIMEDOUT", "connect"],
    ["no route", "EHOSTUNREACH", "connect"],
    ["undici's connect timeout", "UND_ERR_CONNECT_TIMEOUT", ""],
    ["TLS: certificate of another host", "ERR_TLS_CERT_ALTNAME_INVALID", ""],
    ["TLS: certificate expired", "CERT_HAS_EXPIRED", ""],
  ] as const
).map(([name, code, syscall]) => ({
  name,
  workMs: null,
  proof: true,
  plain: true,
  answer: (_own, random) => ({ reject: networkError(code, syscall, random.chance(0.5)) }),
}));

/** OnSync's own refusals: its envelope, a documented status and code. */
const ownRefusals: Fault[] = (
  [
    ["own 400", 400, "validation_failed", {}],
    ["own 401", 401, "invalid_api_key", {}],
    ["own 403", 403, "insufficient_scope", {}],
    ["own 404 unknown_endpoint", 404, "unknown_endpoint", {}],
    ["own 413", 413, "payload_too_large", {}],
    ["own 429, Retry-After 1", 429, "rate_limited", { "retry-after": "1" }],
    ["own 429, Retry-After 3600", 429, "rate_limited", { "retry-after": "3600" }],
    ["own 429 without Retry-After", 429, "rate_limited", {}],
  ] as const
).map(([name, status, code, headers]) => ({
  name,
  workMs: null,
  proof: true,
  plain: true,
  answer: () => ownError(status, code, `Refused: ${code}.`, headers),
}));

/** Answers, or their absence, that say nothing about the work: each occurs with and without it. */
const proofless: { name: string; plain: boolean; delayMs?: number; answer: Fault["answer"] }[] = [
  { name: "reset", plain: true, answer: (_o, r) => ({ reject: networkError("ECONNRESET", "read", r.chance(0.5)) }) },
  { name: "broken pipe", plain: true, answer: (_o, r) => ({ reject: networkError("EPIPE", "write", r.chance(0.5)) }) },
  {
    name: "read timeout",
    plain: true,
    answer: (_o, r) => ({ reject: networkError("ETIMEDOUT", "read", r.chance(0.5)) }),
  },
  {
    name: "socket closed",
    plain: true,
    answer: (_o, r) => ({ reject: networkError("UND_ERR_SOCKET", "", r.chance(0.5)) }),
  },
  { name: "silence", plain: true, answer: () => "silence" },
  { name: "own 500", plain: true, answer: () => ownError(500, "internal", "Something went wrong.") },
  { name: "own 503", plain: true, answer: () => ownError(503, "unavailable", "Try later.", { "retry-after": "1" }) },
  { name: "HTML 502", plain: true, answer: () => html(502, "Bad Gateway") },
  { name: "HTML 504", plain: true, delayMs: 8_000, answer: () => html(504, "Gateway Time-out") },
  ...[301, 302, 303, 304, 307].map((status) => ({
    name: `status ${status}`,
    plain: false,
    answer: () => ({
      status,
      headers: (status === 304 ? {} : { location: "https://login.example.com/" }) as Record<string, string>,
      text: "",
    }),
  })),
  { name: "firewall's HTML 403", plain: false, answer: () => html(403, "Access Denied") },
  { name: "gateway's HTML 404", plain: false, answer: () => html(404, "no healthy upstream") },
  { name: "HTML 400", plain: false, answer: () => html(400, "Bad Request") },
  { name: "HTML 401", plain: false, answer: () => html(401, "Proxy Authorization") },
  { name: "HTML 408", plain: false, answer: () => html(408, "Request Time-out") },
  { name: "HTML 413", plain: false, answer: () => html(413, "Request Entity Too Large") },
  { name: "gateway's HTML 429", plain: false, answer: () => html(429, "Slow down", { "retry-after": "1" }) },
  { name: "framework's 404", plain: false, answer: () => frameworkNotFound("/v1/messaging/send") },
  {
    name: "framework's 429",
    plain: false,
    answer: () => ({
      status: 429,
      headers: { "content-type": "application/json", "retry-after": "1" },
      text: '{"statusCode":429,"message":"ThrottlerException: Too Many Requests"}',
    }),
  },
  {
    name: "gateway's JSON 403",
    plain: false,
    answer: () => ({ status: 403, headers: { "content-type": "application/json" }, text: '{"message":"Forbidden"}' }),
  },
  {
    name: "own 400 cut short",
    plain: false,
    answer: () => {
      const { text, ...rest } = ownError(400, "validation_failed", "Refused.");
      return { ...rest, text: text.slice(0, 40), incomplete: networkError("ECONNRESET", "read", false) };
    },
  },
  {
    name: "201 cut short",
    plain: true,
    answer: (own) => ({
      status: 201,
      headers: own.headers,
      text: own.text.slice(0, Math.floor(own.text.length / 2)),
      incomplete: networkError("ECONNRESET", "read", false),
    }),
  },
  {
    name: "201 malformed",
    plain: true,
    answer: (own) => ({ ...own, status: 201, text: `${own.text.slice(0, -2)},,}` }),
  },
  { name: "201 with an empty body", plain: false, answer: (own) => ({ ...own, status: 201, text: "" }) },
  { name: "204", plain: false, answer: () => ({ status: 204, headers: {}, text: "" }) },
  { name: "202 without an id", plain: false, answer: (own) => ({ ...own, status: 202, text: '{"accepted":true}' }) },
  { name: "a portal's HTML 200", plain: false, answer: () => html(200, "Welcome to Airport WiFi") },
  { name: "200 null", plain: false, answer: (own) => ({ ...own, status: 200, text: "null" }) },
  {
    name: "201 of somebody else",
    plain: false,
    answer: (own, random) => ({
      ...own,
      status: 201,
      text: JSON.stringify({
        id: `msg_other${random.whole(1, 1e9)}`,
        conversationId: "whatsapp:+971509999999",
        platform: "whatsapp",
        to: "+971509999999",
        type: "text",
        direction: "outbound",
        status: "queued",
        content: "Somebody else's message.",
        metadata: { clientReference: random.uuid() },
        createdAt: "2026-03-01T08:00:00.000Z",
        ...envelope,
      }),
    }),
  },
];

type Work = { label: string; workMs: number | null; plain: boolean };
const works: Work[] = [
  { label: "before the work, which is never done", workMs: null, plain: true },
  { label: "after the work", workMs: 0, plain: true },
  ...[100, 1_000, 3_000, 6_000, 9_000, 30_000, 60_000, 230_000].map((workMs) => ({
    label: `with the work done ${workMs / 1000} s later`,
    workMs,
    plain: false,
  })),
];

export const proofs: readonly Fault[] = [...neverLeft, ...ownRefusals];
export const doubtful: readonly Fault[] = proofless.flatMap(({ name, plain, ...fault }) =>
  works.map((work) => ({
    ...fault,
    name: `${name} ${work.label}`,
    workMs: work.workMs,
    plain: plain && work.plain,
    proof: false,
  })),
);
/** Doubtful answers by what came back, whenever the work was done. */
export const doubtfulAnswers: readonly string[] = proofless.map(({ name }) => name);
/** Late work by how late it is, whatever came back. */
export const workTimes: readonly string[] = works.map(({ label }) => label);

/** Nothing happens to it: for a place in a row of faults. */
export const undisturbed: Fault = {
  name: "undisturbed",
  workMs: 0,
  proof: false,
  plain: true,
  good: true,
  answer: (own) => own,
};

/** A slow but good answer. */
export const slow: Fault = {
  name: "the answer takes 20 s",
  workMs: 0,
  proof: false,
  plain: true,
  delayMs: 20_000,
  good: true,
  answer: (own) => own,
};
export const tooSlow: Fault = {
  ...slow,
  name: "the answer takes 45 s",
  delayMs: 45_000,
};

/** Faults of a look into a history; they do no work. */
export const lookFaults: readonly Fault[] = [
  ...proofless
    .filter(({ name }) => !/^20[124]|^own 400|^HTML 401/.test(name))
    .map(({ name, plain, answer }) => ({
      name: `look: ${name}`,
      workMs: null,
      proof: false,
      plain,
      answer,
    })),
  ...neverLeft.slice(0, 4).map((fault) => ({ ...fault, name: `look: ${fault.name}` })),
  { ...(ownRefusals[5] as Fault), name: "look: own 429, Retry-After 1" },
  { ...(ownRefusals[2] as Fault), name: "look: own 403" },
  {
    name: "look: 200 {}",
    workMs: null,
    proof: false,
    plain: false,
    answer: (own) => ({ ...own, status: 200, text: "{}" }),
  },
  {
    name: "look: 200 []",
    workMs: null,
    proof: false,
    plain: false,
    answer: (own) => ({ ...own, status: 200, text: "[]" }),
  },
  {
    name: "look: history cut short",
    workMs: null,
    proof: false,
    plain: true,
    answer: (own) => ({
      ...own,
      text: own.text.slice(0, Math.floor(own.text.length * 0.7)),
      incomplete: networkError("ECONNRESET", "read", false),
    }),
  },
];
