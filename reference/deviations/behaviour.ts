/**
 * How the reference deviates from docs/contract.md, on command: everything here is something that docs/onsync-api.txt
 * allows and a client must survive (docs/contract.md, "Deviations"). What no setting names is as the contract says.
 */
import * as z from "zod";
import { type Answer, invalidRequest } from "../http/answers.ts";

/** So far back that no client looks: ten minutes. */
const maxLagMs = 10 * 60_000;

export const conversationIdForms = ["documented", "digits", "opaque"] as const;
export const notFoundForms = ["own", "framework"] as const;
export const timeForms = ["utc", "zoneless", "micros"] as const;

/** What `PUT /_control/behaviour` takes. A field that is left out is as the contract says. */
export const BehaviourInput = z.strictObject({
  /** History leaves out messages younger than this. */
  historyLagMs: z.int().min(0).max(maxLagMs).default(0),
  /**
   * `documented`: `whatsapp:+971500000000`; `digits`: `whatsapp:971500000000`; `opaque`: `conv_…`. A conversation is found
   * under the form that is set, and under no other.
   */
  conversationIds: z.enum(conversationIdForms).default("documented"),
  /** `framework`: an unknown object is answered `{"statusCode":404,"error":"Not Found","message":…}`, without the envelope. */
  notFound: z.enum(notFoundForms).default("own"),
  /**
   * A request that meets a fault is worked on so long after its error was answered; 0: as the fault says. Not where the
   * fault is a refusal of OnSync's own (a 4xx in its format): that proves that nothing was done.
   */
  lateWorkMs: z.int().min(0).max(maxLagMs).default(0),
  /** `false`: history leaves `metadata` out. */
  historyMetadata: z.boolean().default(true),
  /** No page of any list is longer, whatever `limit` says. */
  maxPage: z.int().min(1).max(100).default(100),
  /** A `limit` beyond this is refused with 400. */
  refuseLimitOver: z.int().min(1).max(100).default(100),
  /** `zoneless`: `2024-12-01T10:00:00.000`; `micros`: `2024-12-01T10:00:00.000417Z`. */
  times: z.enum(timeForms).default("utc"),
});
export type BehaviourInput = z.input<typeof BehaviourInput>;
/** Every setting, with its value. */
export type Behaviour = z.output<typeof BehaviourInput>;

export const documentedBehaviour: Behaviour = BehaviourInput.parse({});

export type BehaviourSetting = {
  readonly current: Behaviour;
  set(behaviour: Behaviour): void;
};

/** @param changed is told each new behaviour, to keep it */
export function createBehaviour(changed: (behaviour: Behaviour) => void): BehaviourSetting {
  let current = documentedBehaviour;
  return {
    get current() {
      return current;
    },
    set: (behaviour) => {
      current = behaviour;
      changed(behaviour);
    },
  };
}

/** A conversation's id as answers, events and paths write it. `id` is the one it is stored under: `platform:address`. */
export function formatConversationId({ conversationIds }: Behaviour, { id, seq }: { id: string; seq: number }): string {
  switch (conversationIds) {
    case "documented":
      return id;
    case "digits":
      return id.replace(/^whatsapp:\+/, "whatsapp:");
    case "opaque":
      return `conv_${seq.toString(36).toUpperCase().padStart(12, "0")}`;
  }
}

/** The number of the conversation that an opaque id stands for; `null` for any other text. */
export function parseOpaqueConversationId(id: string): number | null {
  const digits = /^conv_([0-9A-Z]{12})$/.exec(id)?.[1];
  const seq = digits === undefined ? Number.NaN : Number.parseInt(digits, 36);
  return Number.isSafeInteger(seq) ? seq : null;
}

/** The microseconds that stand behind a time's milliseconds where times are written with them: the same each time. */
export function readMicroseconds(instant: number, { times }: Behaviour): number {
  return times === "micros" ? 1 + (instant % 997) : 0;
}

function formatTime(time: string, behaviour: Behaviour): string {
  if (behaviour.times === "zoneless") return time.slice(0, -1);
  return `${time.slice(0, -1)}${String(readMicroseconds(Date.parse(time), behaviour)).padStart(3, "0")}Z`;
}

const timeFields = new Set([
  ...["createdAt", "updatedAt", "resolvedAt", "lastMessageAt", "lastInboundAt", "lastOutboundAt", "lastDeliveryAt"],
  ...["expiredAt", "resetAt", "nextBefore", "timestamp"],
]);
/** What in them looks like a time is the caller's own. */
const callerFields = new Set(["metadata", "properties", "components"]);

/** A body with its times in the form that is set. What the caller stored is left alone. */
export function formatTimes<Body>(body: Body, behaviour: Behaviour): Body {
  if (behaviour.times === "utc") return body;
  const write = (value: unknown, name = ""): unknown => {
    if (typeof value === "string") return timeFields.has(name) ? formatTime(value, behaviour) : value;
    if (Array.isArray(value)) return value.map((item) => write(item));
    if (typeof value !== "object" || value === null || callerFields.has(name)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, write(field, key)]));
  };
  return write(body) as Body;
}

/** Whether an answer says that an object is not there, and a framework is to say so instead. */
export function isFrameworkNotFound({ status, body }: Answer, { notFound }: Behaviour): boolean {
  const error = body.error as { code?: unknown } | undefined;
  return notFound === "framework" && status === 404 && error?.code === "not_found";
}

/** A query as a server that writes times in this form takes it: its own `nextBefore` must be good for the next page. */
export function acceptOwnTimes(query: Record<string, unknown>, { times }: Behaviour): Record<string, unknown> {
  const { before } = query;
  const isZoneless = times === "zoneless" && typeof before === "string" && /T[\d:.]+$/.test(before);
  return isZoneless ? { ...query, before: `${before}Z` } : query;
}

/** How many items a page may have, where a caller asks for `limit` or for nothing. */
export function limitPageSize(limit: number, { maxPage, refuseLimitOver }: Behaviour): number {
  return Math.min(limit, maxPage, refuseLimitOver);
}

/** @throws Refusal 400 for a `limit` in the query that is more than the server takes */
export function checkLimit(limit: unknown, { refuseLimitOver }: Behaviour): void {
  if (typeof limit !== "number" || limit <= refuseLimitOver) return;
  throw invalidRequest([{ path: ["limit"], code: "too_big", message: `must be at most ${refuseLimitOver}` }]);
}
