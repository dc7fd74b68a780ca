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
  return (options) => {
    const client = new SimpleClient(mistake, options);
    return { messages: { send: (input, sendOptions) => client.send(input, sendOptions) } };
  };
}

class SimpleClient {
  readonly #mistake: Mistake | null;
  readonly #options: ClientOptions;
  readonly #sends = new Map<string, { content: string; outcome: Promise<object> }>();

  constructor(mistake: Mistake | null, options: ClientOptions) {
    this.#mistake = mistake;
    this.#options = options;
  }

  async send(input: SendInput, sendOptions: SendOptions = {}): Promise<object> {
    const given = sendOptions.clientReference ?? input.metadata?.clientReference;
    const reference = typeof given === "string" ? given : this.#options.uuid();
    const deadlineMs = this.#options.deadlineMs ?? 30_000;
    const sent = this.#makes("forgets references") ? undefined : this.#sends.get(reference);
    if (sent) {
      if (sent.content !== input.content && !this.#makes("answers another text with the message it has"))
        throw fail("ReferenceConflictError", "not_sent");
      const message = await sent.outcome;
      return this.#makes("keeps quiet about what it found") ? message : { ...message, alreadySent: true };
    }
    const outcome = this.#sendOnce(input, this.#makes("trims references") ? reference.trim() : reference, deadlineMs);
    this.#sends.set(reference, { content: input.content, outcome });
    try {
      return await outcome;
    } catch (error) {
      // What was certainly not sent leaves the reference free.
      if ((error as { outcome?: string }).outcome === "not_sent") this.#sends.delete(reference);
      throw error;
    }
  }

  async #sendOnce(input: SendInput, reference: string, deadlineMs: number): Promise<object> {
    const body = { ...input, metadata: { ...input.metadata, clientReference: reference } };
    const answer = await this.#attempt("POST", "/messaging/send", body, this.#now() + deadlineMs);
    if (answer === null) return this.#settle(input, reference);
    if (answer.error) {
      const { code = "", syscall } = answer.error;
      if (neverLeft.has(code) || syscall === "connect") throw fail("ConnectionError", "not_sent");
      return this.#settle(input, reference);
    }
    const { status } = answer;
    if (status === 201 && answer.body?.id !== undefined) {
      const theirs = referenceOf(answer.body);
      if (this.#makes("believes every 201") || theirs === undefined || theirs === reference) return answer.body;
    }
    const isRefusal = status >= 400 && status < 500;
    if (this.#makes("believes every 4xx") && isRefusal) throw fail("ApiError", "not_sent");
    if (this.#makes("sends again after a 500") && status === 500) return this.#sendOnce(input, reference, deadlineMs);
    const code = (answer.body?.error as Parsed | undefined)?.code;
    if (isRefusal && typeof code === "string") throw fail("ApiError", "not_sent");
    if (this.#makes("throws what nobody can read")) throw new TypeError("Cannot read properties of undefined");
    return this.#settle(input, reference);
  }

  async #settle(input: SendInput, reference: string): Promise<object> {
    const path = `/conversations/${encodeURIComponent(`${input.platform}:${input.to}`)}/messages?limit=50`;
    for (const waitMs of this.#makes("looks once") ? [0] : [0, 500, 1_000, 2_000, 4_000]) {
      await this.#options.clock.sleep(waitMs);
      const answer = await this.#attempt("GET", path, null, this.#now() + 1_500);
      const data = Array.isArray(answer?.body?.data) ? (answer.body.data as Parsed[]) : [];
      const found = data.find((message) => referenceOf(message) === reference);
      if (found) return found;
      if (this.#makes("takes a foreign 404 for absence") && answer?.status === 404)
        throw fail("ServerError", "not_sent");
    }
    throw this.#makes("takes absence for not sent")
      ? fail("ServerError", "not_sent")
      : fail("UnknownOutcomeError", "unknown");
  }

  /** One attempt, or `null` where nothing came in time. */
  async #attempt(method: string, path: string, body: object | null, deadline: number) {
    const { transport, baseUrl, apiKey, clock } = this.#options;
    const answer = transport({
      method,
      url: `${baseUrl}${path}`,
      headers: { authorization: `Bearer ${apiKey}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).then(
      ({ status, text, incomplete }) => ({ status, body: incomplete ? null : parse(text), error: null }),
      (error: { code?: string; syscall?: string; cause?: { code?: string; syscall?: string } }) => ({
        status: 0,
        body: null,
        error: error.cause ?? error,
      }),
    );
    while (this.#now() < deadline) {
      const waitMs = Math.min(5_000, deadline - this.#now());
      const first = await Promise.race([answer, clock.sleep(waitMs).then(() => null)]);
      if (first !== null) return first;
    }
    return null;
  }

  #makes(mistake: Mistake): boolean {
    return this.#mistake === mistake;
  }

  #now(): number {
    const { clock } = this.#options;
    return this.#makes("measures its deadline on the wall clock") ? clock.now() : clock.monotonic();
  }
}
