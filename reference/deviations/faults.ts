/** Faults on demand: answers that come late, wrong, broken or never, for tests of clients. */
import * as z from "zod";
import { type ErrorCode, errorCodes } from "../../src/api/index.ts";
import { type Answer, Refusal, type WholeAnswer } from "../http/answers.ts";
import { decodeSegment } from "../http/router.ts";
import type { Ids } from "../ids.ts";

export const faultKinds = ["reset", "truncate", "malformed", "drop_response"] as const;
export type FaultKind = (typeof faultKinds)[number];

function areHeaders(headers: Record<string, string>): boolean {
  try {
    new Headers(headers);
    return true;
  } catch {
    return false;
  }
}

export const FaultInput = z
  .strictObject({
    /** All methods, unless one is named. */
    method: z.string().min(1).optional(),
    /** The whole path, such as /v1/messaging/send; `*` stands for one segment. All paths, unless one is given. */
    path: z.string().startsWith("/", { error: "must be a whole path such as /v1/messaging/send" }).optional(),
    /** How many requests it meets; all, unless a number is given. */
    times: z.int().min(1).optional(),
    /** How likely it meets a request it fits, 0 to 1. */
    probability: z.number().min(0).max(1).default(1),
    /** Holds the answer back. The work is done by then. */
    latencyMs: z.int().min(0).max(600_000).optional(),
    /** Answers with this status without doing the work. */
    status: z.int().min(200).max(599).optional(),
    /** Does the work first, then answers with `status`. */
    after: z.boolean().optional(),
    /** The body that goes with `status`: a text as it stands, anything else as JSON; the API's error body if none. */
    body: z.json().optional(),
    /** Headers that go with `status`. */
    headers: z
      .record(z.string(), z.string())
      .refine(areHeaders, { error: "must be names and values of HTTP headers" })
      .optional(),
    /** Does the work, then breaks the answer. */
    kind: z.enum(faultKinds).optional(),
  })
  .refine((fault) => fault.latencyMs !== undefined || fault.status !== undefined || fault.kind !== undefined, {
    error: "give at least one of latencyMs, status and kind: without them the fault does nothing",
    path: ["kind"],
  })
  .refine((fault) => fault.status !== undefined || (fault.body === undefined && fault.headers === undefined), {
    error: "body and headers go with status; give a status too",
    path: ["status"],
  })
  .refine((fault) => fault.status !== undefined || fault.after === undefined, {
    error: "after goes with status; give a status too",
    path: ["status"],
  });
export type FaultInput = z.input<typeof FaultInput>;
export type Fault = z.output<typeof FaultInput> & { id: string; hits: number };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether the fault answers as OnSync itself refuses a request: a documented 4xx in OnSync's own format. Such an answer
 * proves that nothing was done, so that nothing may be done after it.
 */
export function isOwnRefusal({ status, body }: Fault): boolean {
  const ownStatus = Object.values(errorCodes).some((known) => known.status === status && known.status < 500);
  if (!ownStatus) return false;
  const said = typeof body === "string" ? parseJson(body) : body;
  const error = (said as { error?: { code?: unknown } } | null | undefined)?.error;
  return body === undefined || Object.hasOwn(errorCodes, String(error?.code));
}

export type Faults = {
  add(input: z.output<typeof FaultInput>): Fault;
  list(): Fault[];
  /** @returns whether there was one of this id */
  remove(id: string): boolean;
  /** @returns how many there were */
  clear(): number;
  /** Puts back what {@link Faults.list} gave. */
  restore(faults: Fault[]): void;
  /** The first fault that meets this request, counted; `null` when none does. */
  match(method: string, path: string): Fault | null;
  /** The answer of a fault with a status. */
  answer(fault: Fault, envelope: (answer: Answer) => WholeAnswer): WholeAnswer;
};

function fitsRequest(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  const pattern = fault.path.split("/");
  const segments = path.split("/");
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => part === "*" || decodeSegment(part) === decodeSegment(segments[index] as string))
  );
}

function codeForStatus(status: number): ErrorCode {
  const found = (Object.keys(errorCodes) as ErrorCode[]).find((code) => errorCodes[code].status === status);
  return found ?? (status >= 500 ? "unavailable" : "validation_failed");
}

function guessContentType(text: string): string {
  if (text.trimStart().startsWith("<")) return "text/html; charset=utf-8";
  return parseJson(text) === undefined ? "text/plain; charset=utf-8" : "application/json";
}

/** @param changed is told of the faults there are, to keep them */
export function createFaults(ids: Ids, random: () => number, changed: (faults: Fault[]) => void): Faults {
  let faults: Fault[] = [];
  return {
    add: (input) => {
      const fault = { id: ids("fault"), hits: 0, ...input };
      faults.push(fault);
      changed(faults);
      return { ...fault };
    },
    list: () => faults.map((fault) => ({ ...fault })),
    remove: (id) => {
      const others = faults.filter((fault) => fault.id !== id);
      const found = others.length < faults.length;
      faults = others;
      changed(faults);
      return found;
    },
    clear: () => {
      const count = faults.splice(0).length;
      changed(faults);
      return count;
    },
    restore: (earlier) => {
      faults = earlier.map((fault) => ({ ...fault }));
      changed(faults);
    },
    match: (method, path) => {
      const fault = faults.find(
        (each) =>
          (each.times === undefined || each.hits < each.times) &&
          fitsRequest(each, method, path) &&
          (each.probability >= 1 || random() < each.probability),
      );
      if (!fault) return null;
      fault.hits += 1;
      changed(faults);
      return fault;
    },
    answer: (fault, envelope) => {
      const status = fault.status as number;
      const retry: Record<string, string> = status === 429 ? { "Retry-After": "1" } : {};
      if (fault.body === undefined) {
        const refusal = new Refusal(codeForStatus(status), `An injected fault answers ${status}.`);
        return envelope({ ...refusal.toAnswer(), status, headers: { ...retry, ...fault.headers } });
      }
      const text = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
      return { status, text, headers: { "Content-Type": guessContentType(text), ...retry, ...fault.headers } };
    },
  };
}
