/**
 * OnSync as docs/onsync-api.txt allows it to be: a model of the server in memory, in virtual time. It shares no code with
 * the client or with the reference API.
 */
import type { Answer, Fault } from "../faults/fault.ts";
import type { Random } from "../random.ts";
import type { World } from "../virtual-time.ts";
import type { ServerBehaviour } from "./behaviour.ts";
import { answerExtension } from "./extensions.ts";
import { answerHistory } from "./history.ts";
import { Inbox } from "./inbox.ts";
import type { HistoryRead, OutgoingRequest, Recipient, SendRequest, StoredMessage } from "./records.ts";
import { answerSend, type SendingServer } from "./sending.ts";
import { createWire } from "./wire.ts";

/** @returns whether it was heard: nobody listens to an attempt that was given up, or in a process that is gone */
type Settle = (answer: Exclude<Answer, "silence">) => boolean;

export type ServerOptions = {
  world: World;
  random: Random;
  behaviour: ServerBehaviour;
  /** Used up, one a request. */
  sendFaults: readonly Fault[];
  historyFaults: readonly Fault[];
  /** Who has written before the run, where the behaviour says that somebody has. */
  recipients: readonly Recipient[];
  trace(line: () => string): void;
  /** Told of each message of a send, as a webhook would. */
  onMessage(message: StoredMessage): void;
};

function tell(answer: Exclude<Answer, "silence">, maxCharacters: number): string {
  return "reject" in answer ? answer.reject.message : `${answer.status} ${answer.text.slice(0, maxCharacters)}`;
}

export class ServerModel {
  readonly sendRequests: SendRequest[] = [];
  readonly historyReads: HistoryRead[] = [];
  /** The messages of sends. */
  readonly messages: StoredMessage[] = [];
  readonly #world: World;
  readonly #random: Random;
  readonly #trace: ServerOptions["trace"];
  readonly #server: SendingServer;
  readonly #sendFaults: Fault[];
  readonly #historyFaults: Fault[];

  constructor(options: ServerOptions) {
    const { world, random, behaviour, trace } = options;
    const inbox = new Inbox(world, random, behaviour);
    this.#world = world;
    this.#random = random;
    this.#trace = trace;
    this.#sendFaults = [...options.sendFaults];
    this.#historyFaults = [...options.historyFaults];
    this.#server = {
      world,
      random,
      behaviour,
      inbox,
      wire: createWire(world, inbox, behaviour),
      onMessage: (message) => {
        this.messages.push(message);
        options.onMessage(message);
        trace(() => `  server: message ${message.id} of request ${message.request} exists, "${message.content}"`);
      },
    };
    inbox.addOlderMessages(options.recipients);
  }

  /** One attempt by a process. */
  attempt(process: string, { method, url: address, body }: OutgoingRequest, settle: Settle): void {
    const url = new URL(address);
    const path = url.pathname.replace(/^\/v1/, "");
    // How long it takes there and back.
    const [outMs, backMs] = [this.#random.whole(1, 40), this.#random.whole(1, 40)];
    if (method === "POST" && path === "/messaging/send")
      this.#attemptSend(process, JSON.parse(body ?? "{}"), outMs, backMs, settle);
    else this.#attemptRead(process, method, url, path, outMs, backMs, settle);
  }

  #attemptSend(process: string, body: Record<string, unknown>, outMs: number, backMs: number, settle: Settle): void {
    const request = this.#noteSend(process, body);
    const { number, fault, content, to, reference } = request;
    this.#trace(
      () =>
        `${process} sends request ${number}: "${content}" to ${to}, reference ${reference}${fault ? ` [${fault.name}]` : ""}`,
    );
    this.#world.after(outMs, () => {
      const answer = answerSend(this.#server, request, body);
      if (answer === "silence") return;
      this.#world.after(backMs + (fault?.delayMs ?? 0), () => {
        this.#trace(() => `  ${process} gets for request ${number}: ${tell(answer, 120)}`);
        if (!settle(answer)) return;
        request.endedAt = this.#world.now();
        request.mayBeProcessed = fault?.proof !== true;
        request.confirmed = fault === null || fault.good === true;
      });
    });
  }

  #noteSend(process: string, body: Record<string, unknown>): SendRequest {
    const request: SendRequest = {
      number: this.sendRequests.length + 1,
      at: this.#world.now(),
      process,
      reference: (body.metadata as Record<string, unknown> | undefined)?.clientReference,
      content: body.content,
      to: body.to,
      fault: this.#sendFaults.shift() ?? null,
      endedAt: null,
      // Until its end is known, it may be on its way.
      mayBeProcessed: true,
      confirmed: false,
      message: null,
    };
    this.sendRequests.push(request);
    return request;
  }

  #attemptRead(
    process: string,
    method: string,
    url: URL,
    path: string,
    outMs: number,
    backMs: number,
    settle: Settle,
  ): void {
    const conversationId = /^\/conversations\/([^/]+)\/messages$/.exec(path)?.[1];
    this.#world.after(outMs, () => {
      const { answer, delayMs, read } =
        conversationId === undefined
          ? { answer: answerExtension(this.#server, path, url.searchParams), delayMs: 0, read: null }
          : this.#answerHistoryRead(process, decodeURIComponent(conversationId), url.searchParams);
      if (answer === "silence") return;
      this.#world.after(backMs + delayMs, () => {
        this.#trace(() => `  ${process} ${method} ${path}${url.search}: ${tell(answer, 160)}`);
        if (settle(answer) && read) read.endedAt = this.#world.now();
      });
    });
  }

  #answerHistoryRead(process: string, conversationId: string, query: URLSearchParams) {
    const fault = this.#historyFaults.shift() ?? null;
    const read: HistoryRead = { at: this.#world.now(), endedAt: null, process, shown: [], faulted: fault !== null };
    this.historyReads.push(read);
    const own = answerHistory(this.#server, conversationId, query, read);
    if (fault === null) return { answer: own, delayMs: 0, read };
    read.shown = [];
    return { answer: fault.answer(own, this.#random), delayMs: fault.delayMs ?? 0, read };
  }
}
