/** Faults that prove nothing: whatever comes back, the work may have been done, or be done later. */
import { envelope, frameworkNotFound, html, networkError, ownError } from "./answers.ts";
import type { Fault } from "./fault.ts";

/** Answers, or their absence, that say nothing about the work: each occurs with and without it. */
export const proofless: readonly { name: string; plain: boolean; delayMs?: number; answer: Fault["answer"] }[] = [
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
