/**
 * A client of a few lines, honest for one process that is not cut off, and one mistake at a time for it to make: the judge
 * must let the honest one pass and catch every other.
 */
import type {
  ClientOptions,
  CreateClient,
  SendInput,
  SendOptions,
} from "../../testing/hostile/process/client-options.ts";

export type Mistake =
  | "sends again after a 500"
  | "believes every 4xx"
  | "takes a foreign 404 for absence"
  | "takes absence for not sent"
  | "believes every 201"
  | "looks once"
  | "measures its deadline on the wall clock"
  | "forgets references"
  | "answers another text with the message it has"
  | "trims references"
  | "throws what nobody can read"
  | "keeps quiet about what it found";

const neverLeft = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_HAS_EXPIRED",
]);

type Parsed = { [key: string]: unknown } | null;

function parse(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Parsed) : null;
  } catch {
    return null;
  }
}

function fail(name: string, outcome: "not_sent" | "unknown") {
  return Object.assign(new Error(name), { name, outcome });
}

/** Some servers answer with numbers where they were given digits. */
function referenceOf(message: Parsed): string | undefined {
  const reference = (message?.metadata as Parsed | undefined)?.clientReference;
  return reference === undefined ? undefined : String(reference);
}

export function createSimpleClient(mistake: Mistake | null): CreateClient {
  return (options: ClientOptions) => {
    const { clock } = options;
    const now = () => (mistake === "measures its deadline on the wall clock" ? clock.now() : clock.monotonic());
    const sends = new Map<string, { content: string; outcome: Promise<object> }>();

    /** One attempt, or `null` where nothing came in time. */
    const attempt = async (method: string, path: string, body: object | null, deadline: number) => {
      const answer = options
        .transport({
          method,
          url: `${options.baseUrl}${path}`,
          headers: { authorization: `Bearer ${options.apiKey}` },
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
        .then(
          ({ status, text, incomplete }) => ({ status, body: incomplete ? null : parse(text), error: null }),
          (error: { code?: string; syscall?: string; cause?: { code?: string; syscall?: string } }) => ({
            status: 0,
            body: null,
            error: error.cause ?? error,
          }),
        );
      while (now() < deadline) {
        const first = await Promise.race([answer, clock.sleep(Math.min(5_000, deadline - now())).then(() => null)]);
        if (first !== null) return first;
      }
      return null;
    };

    const settle = async (input: SendInput, reference: string): Promise<object> => {
      const path = `/conversations/${encodeURIComponent(`${input.platform}:${input.to}`)}/messages?limit=50`;
      for (const waitMs of mistake === "looks once" ? [0] : [0, 500, 1_000, 2_000, 4_000]) {
        await clock.sleep(waitMs);
        const answer = await attempt("GET", path, null, now() + 1_500);
        const data = Array.isArray(answer?.body?.data) ? (answer.body.data as Parsed[]) : [];
        const found = data.find((message) => referenceOf(message) === reference);
        if (found) return found;
        if (mistake === "takes a foreign 404 for absence" && answer?.status === 404)
          throw fail("ServerError", "not_sent");
      }
      throw mistake === "takes absence for not sent"
        ? fail("ServerError", "not_sent")
        : fail("UnknownOutcomeError", "unknown");
    };

    const sendOnce = async (input: SendInput, reference: string, deadlineMs: number): Promise<object> => {
      const body = { ...input, metadata: { ...input.metadata, clientReference: reference } };
      const answer = await attempt("POST", "/messaging/send", body, now() + deadlineMs);
      if (answer === null) return settle(input, reference);
      if (answer.error) {
        const { code = "", syscall } = answer.error;
        if (neverLeft.has(code) || syscall === "connect") throw fail("ConnectionError", "not_sent");
        return settle(input, reference);
      }
      const { status } = answer;
      if (status === 201 && answer.body?.id !== undefined) {
        const theirs = referenceOf(answer.body);
        if (mistake === "believes every 201" || theirs === undefined || theirs === reference) return answer.body;
      }
      const isRefusal = status >= 400 && status < 500;
      if (mistake === "believes every 4xx" && isRefusal) throw fail("ApiError", "not_sent");
      if (mistake === "sends again after a 500" && status === 500) return sendOnce(input, reference, deadlineMs);
      const code = (answer.body?.error as Parsed | undefined)?.code;
      if (isRefusal && typeof code === "string") throw fail("ApiError", "not_sent");
      if (mistake === "throws what nobody can read") throw new TypeError("Cannot read properties of undefined");
      return settle(input, reference);
    };

    const send = async (input: SendInput, sendOptions: SendOptions = {}): Promise<object> => {
      const given = sendOptions.clientReference ?? input.metadata?.clientReference;
      const reference = typeof given === "string" ? given : options.uuid();
      const deadlineMs = options.deadlineMs ?? 30_000;
      const sent = mistake === "forgets references" ? undefined : sends.get(reference);
      if (sent) {
        if (sent.content !== input.content && mistake !== "answers another text with the message it has")
          throw fail("ReferenceConflictError", "not_sent");
        const message = await sent.outcome;
        return mistake === "keeps quiet about what it found" ? message : { ...message, alreadySent: true };
      }
      const outcome = sendOnce(input, mistake === "trims references" ? reference.trim() : reference, deadlineMs);
      sends.set(reference, { content: input.content, outcome });
      try {
        return await outcome;
      } catch (error) {
        // What was certainly not sent leaves the reference free.
        if ((error as { outcome?: string }).outcome === "not_sent") sends.delete(reference);
        throw error;
      }
    };
    return { messages: { send } };
  };
}
