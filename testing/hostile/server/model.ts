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
import { createInbox } from "./inbox.ts";
import type { HistoryRead, OutgoingRequest, Recipient, SendRequest, StoredMessage } from "./records.ts";
import { answerSend, type SendingServer } from "./sending.ts";
import { createWire } from "./wire.ts";

/** @returns whether it was heard: nobody listens to an attempt that was given up, or in a process that is gone */
type Settle = (answer: Exclude<Answer, "silence">) => boolean;

export type ServerModel = {
  /** One attempt by a process. */
  attempt(process: string, request: OutgoingRequest, settle: Settle): void;
  /** The messages of sends. */
  messages(): readonly StoredMessage[];
  sendRequests: SendRequest[];
  historyReads: HistoryRead[];
};

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

export function createServerModel(options: ServerOptions): ServerModel {
  const { world, random, behaviour, recipients, trace } = options;
  const inbox = createInbox(world, random, behaviour);
  const wire = createWire(world, inbox, behaviour);
  const messages: StoredMessage[] = [];
  const sendRequests: SendRequest[] = [];
  const historyReads: HistoryRead[] = [];
  const sendFaults = [...options.sendFaults];
  const historyFaults = [...options.historyFaults];
  const server: SendingServer = {
    world,
    random,
    behaviour,
    inbox,
    wire,
    onMessage(message) {
      messages.push(message);
      options.onMessage(message);
      trace(() => `  server: message ${message.id} of request ${message.request} exists, "${message.content}"`);
    },
  };

  const noteSend = (process: string, body: Record<string, unknown>): SendRequest => {
    const request: SendRequest = {
      number: sendRequests.length + 1,
      at: world.now(),
      process,
      reference: (body.metadata as Record<string, unknown> | undefined)?.clientReference,
      content: body.content,
      to: body.to,
      fault: sendFaults.shift() ?? null,
      endedAt: null,
      // Until its end is known, it may be on its way.
      mayBeProcessed: true,
      confirmed: false,
      message: null,
    };
    sendRequests.push(request);
    return request;
  };

  const attemptSend = (process: string, body: Record<string, unknown>, settle: Settle): void => {
    const [outMs, backMs] = [random.whole(1, 40), random.whole(1, 40)];
    const request = noteSend(process, body);
    const { number, fault, content, to, reference } = request;
    trace(
      () =>
        `${process} sends request ${number}: "${content}" to ${to}, reference ${reference}${fault ? ` [${fault.name}]` : ""}`,
    );
    world.after(outMs, () => {
      const answer = answerSend(server, request, body);
      if (answer === "silence") return;
      world.after(backMs + (fault?.delayMs ?? 0), () => {
        trace(() => `  ${process} gets for request ${number}: ${tell(answer, 120)}`);
        if (!settle(answer)) return;
        request.endedAt = world.now();
        request.mayBeProcessed = fault?.proof !== true;
        request.confirmed = fault === null || fault.good === true;
      });
    });
  };

  const answerHistoryRead = (process: string, conversationId: string, query: URLSearchParams) => {
    const fault = historyFaults.shift() ?? null;
    const read: HistoryRead = { at: world.now(), endedAt: null, process, shown: [], faulted: fault !== null };
    historyReads.push(read);
    const own = answerHistory(server, conversationId, query, read);
    if (fault === null) return { answer: own, delayMs: 0, read };
    read.shown = [];
    return { answer: fault.answer(own, random), delayMs: fault.delayMs ?? 0, read };
  };

  const attemptRead = (process: string, method: string, url: URL, path: string, settle: Settle): void => {
    const [outMs, backMs] = [random.whole(1, 40), random.whole(1, 40)];
    const conversationId = /^\/conversations\/([^/]+)\/messages$/.exec(path)?.[1];
    world.after(outMs, () => {
      const { answer, delayMs, read } =
        conversationId === undefined
          ? { answer: answerExtension(server, path, url.searchParams), delayMs: 0, read: null }
          : answerHistoryRead(process, decodeURIComponent(conversationId), url.searchParams);
      if (answer === "silence") return;
      world.after(backMs + delayMs, () => {
        trace(() => `  ${process} ${method} ${path}${url.search}: ${tell(answer, 160)}`);
        if (settle(answer) && read) read.endedAt = world.now();
      });
    });
  };

  inbox.addOlderMessages(recipients);

  return {
    sendRequests,
    historyReads,
    messages: () => messages,
    attempt(process, { method, url: address, body }, settle) {
      const url = new URL(address);
      const path = url.pathname.replace(/^\/v1/, "");
      if (method === "POST" && path === "/messaging/send") attemptSend(process, JSON.parse(body ?? "{}"), settle);
      else attemptRead(process, method, url, path, settle);
    },
  };
}
