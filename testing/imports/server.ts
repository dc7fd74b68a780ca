/**
 * An OnSync of its own for the torture of imports: the upsert of contacts as the documentation has it, with lag, and with every
 * way in which a request or an answer can be lost. It keeps what it was asked, for the judge; it shares no code with the client
 * or the reference.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Inbox, type StoredContact } from "./inbox.ts";

/** What became of a request: its work, and its answer. */
export type Attempt = {
  /** Of the row that it is for. */
  externalId: string;
  method: string;
  /** Which life of the importing process it came from: as the test says, or as the key does (`onsync_pk_test_life_NUMBER`). */
  life: number;
  at: number;
  worked: boolean;
  /** Whether a whole, usable answer was given to the network. */
  answered: boolean;
};

export type Trouble = {
  share: number;
  maxLagMs: number;
  random: () => number;
  /** What it says that may be asked in an hour. Default: so much that no pace is needed. */
  limit?: number;
};

export type ImportServer = {
  url: string;
  contacts: ReadonlyMap<string, StoredContact>;
  attempts: readonly Attempt[];
  setLife(life: number): void;
  /** External ids that it always fails for, or refuses. */
  poison: Set<string>;
  refuse: Set<string>;
  close(): Promise<void>;
};

type Fault = "none" | "503" | "503 after" | "drop before" | "drop after" | "429" | "truncate" | "garbage" | "html";
const faults: readonly Fault[] = [
  "503",
  "503 after",
  "drop before",
  "drop after",
  "429",
  "truncate",
  "garbage",
  "html",
];

const defaultLimit = 1_000_000;

function createHeaders(limit: number) {
  return {
    "content-type": "application/json",
    ratelimit: `"org";r=${limit - 1};t=1`,
    "ratelimit-policy": `"org";q=${limit};w=3600`,
  };
}

const lifeInKey = /^Bearer onsync_pk_test_life_(\d+)$/;

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

type Answer = { status: number; body: Record<string, unknown> };

function createError(code: string, message: string, details: object[] = []): Record<string, unknown> {
  return { error: { code, message, details } };
}

class TroubledServer {
  readonly inbox = new Inbox();
  readonly attempts: Attempt[] = [];
  readonly poison = new Set<string>();
  readonly refuse = new Set<string>();
  readonly #trouble: Trouble;
  readonly #headers: ReturnType<typeof createHeaders>;
  life = 0;

  constructor(trouble: Trouble) {
    this.#trouble = trouble;
    this.#headers = createHeaders(trouble.limit ?? defaultLimit);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { share, random } = this.#trouble;
    const body = await readBody(request);
    const externalId = String((body.properties as Record<string, unknown> | undefined)?.externalId ?? request.url);
    const attempt: Attempt = {
      externalId,
      method: request.method ?? "",
      life: Number(lifeInKey.exec(request.headers.authorization ?? "")?.[1] ?? this.life),
      at: performance.now(),
      worked: false,
      answered: false,
    };
    this.attempts.push(attempt);
    const envelope = { requestId: `req_${this.attempts.length}`, timestamp: new Date().toISOString() };
    const fault = random() < share ? (faults[Math.floor(random() * faults.length)] ?? "none") : "none";
    for (const [name, value] of Object.entries(this.#headers)) response.setHeader(name, value);
    await this.#lag();
    if (this.#failBefore(fault, externalId, request, response, envelope)) return;
    const { status, body: done } = this.#work(request, body, externalId);
    attempt.worked = status < 300;
    await this.#lag();
    const text = JSON.stringify({ orgId: "org_1", createdAt: envelope.timestamp, ...done, ...envelope });
    if (breakAfter(fault, request, response, status, text, envelope)) return;
    attempt.answered = true;
    send(response, status, text);
  }

  #lag(): Promise<void> {
    return delay(this.#trouble.random() * this.#trouble.maxLagMs);
  }

  /** @returns whether the request ends here, without its work */
  #failBefore(
    fault: Fault,
    externalId: string,
    request: IncomingMessage,
    response: ServerResponse,
    envelope: object,
  ): boolean {
    if (fault === "drop before") request.socket.destroy();
    else if (fault === "503" || this.poison.has(externalId))
      send(response, 503, JSON.stringify({ ...createError("unavailable", "not now"), ...envelope }));
    else if (fault === "429")
      send(response, 429, JSON.stringify({ ...createError("rate_limited", "wait"), ...envelope }), {
        "retry-after": "0",
      });
    else return false;
    return true;
  }

  #work(request: IncomingMessage, body: Record<string, unknown>, externalId: string): Answer {
    const id = /^\/v1\/contacts\/([^/?]+)$/.exec(request.url ?? "")?.[1];
    if (id !== undefined) {
      const contact = this.inbox.contacts.get(id);
      if (!contact) return { status: 404, body: createError("not_found", "no such contact") };
      if (request.method === "PATCH") Object.assign(contact, body);
      return { status: 200, body: contact };
    }
    if (this.refuse.has(externalId)) {
      const detail = { path: ["lastName"], code: "custom", message: "is not liked here" };
      return { status: 400, body: createError("validation_failed", "it is refused", [detail]) };
    }
    const { status, contact, owners = [] } = this.inbox.save(body);
    if (contact) return { status, body: contact };
    const details = owners.map((each) => ({
      path: ["phone"],
      code: "duplicate",
      message: `belongs to contact ${each}`,
    }));
    return { status, body: createError("duplicate", "several contacts", details) };
  }
}

/** @returns whether the answer is lost or of no use, though the work was done */
function breakAfter(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  envelope: object,
): boolean {
  switch (fault) {
    case "drop after":
      request.socket.destroy();
      return true;
    case "503 after":
      send(response, 503, JSON.stringify({ ...createError("unavailable", "not now"), ...envelope }));
      return true;
    case "html":
      send(response, 502, "<html>Bad gateway</html>", { "content-type": "text/html" });
      return true;
    case "garbage":
      send(response, 200, "not json");
      return true;
    case "truncate":
      response.writeHead(status, { "content-length": String(Buffer.byteLength(text)) });
      response.write(text.slice(0, Math.floor(text.length / 2)), () => request.socket.destroy());
      return true;
    default:
      return false;
  }
}

function send(response: ServerResponse, status: number, text: string, more: Record<string, string> = {}): void {
  response.writeHead(status, more).end(text);
}

export async function startImportServer(trouble: Trouble): Promise<ImportServer> {
  const troubled = new TroubledServer(trouble);
  const { inbox, attempts, poison, refuse } = troubled;
  const server = createServer(
    (request, response) => void troubled.answer(request, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    ...{ contacts: inbox.contacts, attempts, poison, refuse },
    setLife: (life) => {
      troubled.life = life;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
