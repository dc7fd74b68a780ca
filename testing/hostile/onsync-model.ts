/**
 * OnSync as docs/onsync-api.txt allows it to be: a model of the server in memory, in virtual time. It shares no code with
 * the client or with the reference API. Every deviation is a switch of its own; `conforming` has them all off.
 */
import { type Answer, type Fault, frameworkNotFound, ownError } from "./faults.ts";
import type { Random } from "./random.ts";
import { epoch, type World } from "./virtual-time.ts";

export type ServerBehaviour = {
  /** How long after its work a message shows in the history. */
  historyLagMs: number;
  conversationIds: "documented" | "digits" | "opaque" | "lower";
  /** How the history of a conversation that it does not know is answered. */
  unknownConversation: "own404" | "framework404" | "html404" | "empty";
  historyMetadata: "kept" | "absent" | "null" | "empty" | "text";
  /** How long a message shows in the history before its metadata does. */
  metadataLagMs: number;
  /** References made of digits come back as numbers, ids are numbers. */
  numbers: boolean;
  /** How the recipient comes back in an answer. */
  answerTo: "kept" | "digits" | "absent";
  answerMetadata: "kept" | "absent";
  /** The most messages it puts on a page, whatever was asked for. */
  maxPage: number;
  /** A greater limit is refused with an own 400; `null`: one over 100 (docs/contract.md, "Conversation history"). */
  refuseLimitOver: number | null;
  times: "utc" | "zoneless" | "micros" | "zoneless micros" | "offset";
  /** Messages of the customer before the run. */
  olderMessages: number;
  /** Messages of the customer in the very millisecond of each send. */
  inSameMillisecond: number;
  /** Messages of the customer a minute, as time passes. */
  perMinute: number;
  clockSkewMs: number;
  extensions: boolean;
  /** Whether a 201 names the conversation. */
  answerNamesConversation: boolean;
};

export const conforming: ServerBehaviour = {
  historyLagMs: 0,
  conversationIds: "documented",
  unknownConversation: "own404",
  historyMetadata: "kept",
  metadataLagMs: 0,
  numbers: false,
  answerTo: "kept",
  answerMetadata: "kept",
  maxPage: 100,
  refuseLimitOver: null,
  times: "utc",
  olderMessages: 0,
  inSameMillisecond: 0,
  perMinute: 0,
  clockSkewMs: 0,
  extensions: false,
  answerNamesConversation: true,
};

export type StoredMessage = {
  id: string;
  conversationId: string;
  platform: string;
  to: string;
  direction: "inbound" | "outbound";
  content: string;
  metadata: Record<string, unknown>;
  /** Microseconds of the server's wall clock. */
  createdAtMicros: number;
  /** True time at which it came to be. */
  landedAt: number;
  /** The number of the request that made it; `null` for a customer's. */
  request: number | null;
};

/** One send that reached the way to OnSync, as the model knows it. */
export type PostRecord = {
  number: number;
  at: number;
  process: string;
  reference: unknown;
  content: unknown;
  to: unknown;
  fault: Fault | null;
  /** When an answer or failure reached the client; `null` while it has not. */
  endedAt: number | null;
  /** Whether whoever sent it may take it for processed: false after a proof. */
  mayBeProcessed: boolean;
  /** Whether a good 201 of its own reached the client. */
  confirmed: boolean;
  message: StoredMessage | null;
};

/** One look into a history. */
export type LookRecord = {
  at: number;
  endedAt: number | null;
  process: string;
  /** References that the answer showed to a client that can read them. */
  shown: string[];
  /** Whether it was answered as the server meant it. */
  faulted: boolean;
};

export type OutgoingRequest = {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | null;
  signal?: AbortSignal | null;
};

type Reply = { status: number; headers: Record<string, string>; text: string };

export type ServerModel = {
  /** One attempt by a process. */
  attempt(
    process: string,
    request: OutgoingRequest,
    /** @returns whether it was heard: nobody listens to an attempt that was given up, or in a process that is gone */
    settle: (answer: Exclude<Answer, "silence">) => boolean,
  ): void;
  messages(): readonly StoredMessage[];
  posts: PostRecord[];
  looks: LookRecord[];
};

export function createServerModel(
  world: World,
  random: Random,
  behaviour: ServerBehaviour,
  faults: { posts: Fault[]; looks: Fault[] },
  recipients: readonly { platform: string; to: string }[],
  trace: (line: () => string) => void,
  /** Told of each message of a send, as a webhook would. */
  onMessage: (message: StoredMessage) => void = () => {},
): ServerModel {
  const conversations = new Map<string, StoredMessage[]>();
  const contacts = new Map<string, { platform: string; address: string; conversationId: string }>();
  const outbound: StoredMessage[] = [];
  const posts: PostRecord[] = [];
  const looks: LookRecord[] = [];
  const postFaults = [...faults.posts];
  const looksFaults = [...faults.looks];
  let ids = 0;
  let lastInbound = 0;

  const nextId = (prefix: string) => {
    ids += 1;
    return `${prefix}_01M${String(ids).padStart(23, "0")}`;
  };
  const wallMicros = () => Math.floor((epoch + world.now() + behaviour.clockSkewMs) * 1000);
  const inMillis = () => Math.floor(wallMicros() / 1000) * 1000;

  const writeTime = (micros: number): string => {
    const whole = new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1);
    const rest = String(micros % 1000).padStart(3, "0");
    switch (behaviour.times) {
      case "utc":
        return `${whole}Z`;
      case "zoneless":
        return whole;
      case "micros":
        return `${whole}${rest}Z`;
      case "zoneless micros":
        return `${whole}${rest}`;
      case "offset": {
        const there = new Date(Math.floor(micros / 1000) + 4 * 3_600_000).toISOString().slice(0, -1);
        return `${there}+04:00`;
      }
    }
  };
  const readTime = (text: string): number | null => {
    const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
    if (parts === null) return null;
    const seconds = Date.parse(`${parts[1]}${parts[3] ?? "Z"}`);
    return Number.isNaN(seconds) ? null : seconds * 1000 + Number((parts[2] ?? "").padEnd(6, "0"));
  };

  const conversationIdOf = (platform: string, to: string): string => {
    const known = contacts.get(`${platform} ${to}`);
    if (known) return known.conversationId;
    const made = {
      documented: () => `${platform}:${to}`,
      digits: () => `${platform}:${to.replace(/\D/g, "") || to}`,
      opaque: () => `conv_${String(random.whole(1, 2 ** 40)).padStart(14, "0")}`,
      lower: () => `${platform}:${to}`.toLowerCase(),
    }[behaviour.conversationIds]();
    contacts.set(`${platform} ${to}`, { platform, address: to, conversationId: made });
    return made;
  };

  const store = (message: Omit<StoredMessage, "id" | "landedAt">): StoredMessage => {
    const list = conversations.get(message.conversationId) ?? [];
    conversations.set(message.conversationId, list);
    const stored = {
      ...message,
      id: behaviour.numbers ? nextId("").slice(-9).replace(/^0+/, "") : nextId("msg"),
      landedAt: world.now(),
    };
    // Without ties two messages of one conversation never share a time: the later one is moved on.
    if (behaviour.inSameMillisecond === 0) {
      const step = behaviour.times.includes("micros") ? 1 : 1000;
      while (list.some((other) => other.createdAtMicros === stored.createdAtMicros)) stored.createdAtMicros += step;
    }
    list.push(stored);
    return stored;
  };
  const inbound = (platform: string, to: string, createdAtMicros: number): void => {
    store({
      conversationId: conversationIdOf(platform, to),
      platform,
      to,
      direction: "inbound",
      content: `Customer's words ${ids}`,
      metadata: { platformMessageId: `wamid.${ids}`, source: "whatsapp_unified_system" },
      createdAtMicros,
      request: null,
    });
  };
  /** The customers go on writing. */
  const goOn = (): void => {
    if (behaviour.perMinute === 0) return;
    const due = Math.min(
      behaviour.perMinute < 200 ? 400 : 1_300,
      Math.floor((world.now() / 60_000) * behaviour.perMinute),
    );
    for (; lastInbound < due; lastInbound += 1) {
      const ago = world.now() - (lastInbound * 60_000) / behaviour.perMinute;
      for (const contact of contacts.values())
        inbound(contact.platform, contact.address, inMillis() - Math.floor(ago) * 1000);
    }
  };

  const work = (post: PostRecord, body: Record<string, unknown>): void => {
    const platform = String(body.platform);
    const to = String(body.to);
    const createdAtMicros = behaviour.times.includes("micros") ? wallMicros() + random.whole(0, 999) : inMillis();
    const around = random.whole(0, behaviour.inSameMillisecond);
    for (let index = 0; index < around; index += 1) inbound(platform, to, createdAtMicros);
    post.message = store({
      conversationId: conversationIdOf(platform, to),
      platform,
      to,
      direction: "outbound",
      content: String(body.content),
      metadata: { ...(body.metadata as Record<string, unknown> | undefined) },
      createdAtMicros,
      request: post.number,
    });
    for (let index = around; index < behaviour.inSameMillisecond; index += 1) inbound(platform, to, createdAtMicros);
    outbound.push(post.message);
    onMessage(post.message);
    trace(() => `  server: message ${post.message?.id} of request ${post.number} exists, "${body.content}"`);
  };

  const envelope = () => ({
    requestId: nextId("req"),
    timestamp: new Date(Math.floor(wallMicros() / 1000)).toISOString(),
  });
  const json = (status: number, body: Record<string, unknown>): Reply => {
    const shared = envelope();
    return {
      status,
      headers: { "content-type": "application/json; charset=utf-8", "x-request-id": shared.requestId },
      text: JSON.stringify({ ...body, ...shared }),
    };
  };
  const asNumber = (text: unknown) =>
    behaviour.numbers && typeof text === "string" && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text;
  const wireMetadata = (metadata: Record<string, unknown>) =>
    behaviour.numbers && "clientReference" in metadata
      ? { ...metadata, clientReference: asNumber(metadata.clientReference) }
      : metadata;
  const wire = (message: StoredMessage, metadata: ServerBehaviour["historyMetadata"]) => ({
    id: asNumber(message.id),
    conversationId: message.conversationId,
    type: "text",
    direction: message.direction,
    ...(message.direction === "outbound" ? { status: "sent" } : {}),
    content: message.content,
    createdAt: writeTime(message.createdAtMicros),
    ...(metadata === "kept" ? { metadata: wireMetadata(message.metadata) } : {}),
    ...(metadata === "null" ? { metadata: null } : {}),
    ...(metadata === "empty" ? { metadata: {} } : {}),
    ...(metadata === "text" ? { metadata: JSON.stringify(message.metadata) } : {}),
  });

  const history = (conversationId: string, query: URLSearchParams, look: LookRecord): Reply => {
    goOn();
    const limit = query.get("limit") === null ? 50 : Number(query.get("limit"));
    const most = behaviour.refuseLimitOver ?? 100;
    if (!Number.isInteger(limit) || limit < 1 || limit > most)
      return ownError(400, "validation_failed", `limit: give a whole number from 1 to ${most}.`);
    const beforeText = query.get("before");
    const before = beforeText === null ? Number.POSITIVE_INFINITY : readTime(beforeText);
    if (before === null) return ownError(400, "validation_failed", `before: ${beforeText} is no time.`);
    const seenFrom = world.now() - behaviour.historyLagMs;
    const visible = (conversations.get(conversationId) ?? []).filter((message) => message.landedAt <= seenFrom);
    if (visible.length === 0) {
      const path = `/v1/conversations/${encodeURIComponent(conversationId)}/messages`;
      switch (behaviour.unknownConversation) {
        case "own404":
          return ownError(404, "not_found", "No such conversation.");
        case "framework404":
          return frameworkNotFound(path);
        case "html404":
          return { status: 404, headers: { "content-type": "text/html" }, text: "<h1>Not Found</h1>" };
        case "empty":
          return json(200, { data: [], nextBefore: null });
      }
    }
    const older = visible
      .filter((message) => message.createdAtMicros < before)
      .sort((a, b) => b.createdAtMicros - a.createdAtMicros || (a.id < b.id ? 1 : -1));
    const page = older.slice(0, Math.min(limit, behaviour.maxPage));
    const last = page.at(-1);
    const formOf = (message: StoredMessage) =>
      message.landedAt + behaviour.metadataLagMs > seenFrom && behaviour.metadataLagMs > 0
        ? "absent"
        : behaviour.historyMetadata;
    for (const message of page)
      if (formOf(message) === "kept" && typeof message.metadata.clientReference === "string")
        look.shown.push(message.metadata.clientReference);
    return json(200, {
      data: page.map((message) => wire(message, formOf(message))),
      nextBefore: older.length > page.length && last ? writeTime(last.createdAtMicros) : null,
    });
  };

  const known = (conversationId: string) => {
    const seenFrom = world.now() - behaviour.historyLagMs;
    return (conversations.get(conversationId) ?? []).some((message) => message.landedAt <= seenFrom);
  };
  const extension = (path: string, query: URLSearchParams): Reply => {
    if (!behaviour.extensions) return ownError(404, "unknown_endpoint", `No such route: ${path}.`);
    const at = new Date(epoch).toISOString();
    const visible = [...contacts.values()].filter((contact) => known(contact.conversationId));
    const idOf = (contact: { platform: string; address: string }) =>
      `contact_${Buffer.from(`${contact.platform} ${contact.address}`).toString("hex")}`;
    const contactOf = (contact: (typeof visible)[number]) => ({
      id: idOf(contact),
      ...(contact.platform === "whatsapp" ? { phone: contact.address } : {}),
      tags: [],
      properties: {},
      orgId: "org_1",
      createdAt: at,
    });
    if (path === "/me")
      return json(200, { org: { id: "org_1", name: "Acme" }, key: { prefix: "onsync_pk_test_", scopes: [] } });
    if (path === "/conversations") {
      const platform = query.get("platform");
      const data = visible
        .filter((contact) => platform === null || contact.platform === platform)
        .map((contact) => ({
          id: contact.conversationId,
          platform: contact.platform,
          contactId: idOf(contact),
          status: "open",
          assignee: null,
          createdAt: at,
          updatedAt: at,
        }));
      return json(200, { data, nextCursor: null });
    }
    if (path === "/contacts") {
      const phone = query.get("phone");
      const data = visible.filter((contact) => phone === null || contact.address === phone).map(contactOf);
      return json(200, { data, nextCursor: null });
    }
    const contact = visible.find((one) => path === `/contacts/${idOf(one)}`);
    if (contact)
      return json(200, {
        ...contactOf(contact),
        activity: {
          lastMessageAt: at,
          lastInboundAt: null,
          lastOutboundAt: at,
          messageCount: 1,
          conversationIds: [contact.conversationId],
        },
      });
    return ownError(404, "not_found", "No such object.");
  };

  const answerLook = (
    process: string,
    url: URL,
    path: string,
  ): { reply: Reply | Answer; delayMs: number; look: LookRecord | null } => {
    const match = /^\/conversations\/([^/]+)\/messages$/.exec(path);
    if (!match) return { reply: extension(path, url.searchParams), delayMs: 0, look: null };
    const fault = looksFaults.shift() ?? null;
    const look: LookRecord = { at: world.now(), endedAt: null, process, shown: [], faulted: fault !== null };
    looks.push(look);
    const own = history(decodeURIComponent(match[1] as string), url.searchParams, look);
    if (fault === null) return { reply: own, delayMs: 0, look };
    look.shown = [];
    return { reply: fault.answer(own, random), delayMs: fault.delayMs ?? 0, look };
  };

  const accept = (post: PostRecord, body: Record<string, unknown>): Answer => {
    const { fault } = post;
    if (fault?.workMs === 0 || fault === null) work(post, body);
    else if (fault.workMs !== null) world.after(fault.workMs, () => work(post, body));
    // What a good answer would have looked like, for answers that are cut short.
    const message = post.message ?? {
      id: nextId("msg"),
      conversationId: "whatsapp:+0",
      platform: String(body.platform),
      to: String(body.to),
      direction: "outbound" as const,
      content: String(body.content),
      metadata: { ...(body.metadata as Record<string, unknown> | undefined) },
      createdAtMicros: inMillis(),
      landedAt: world.now(),
      request: post.number,
    };
    const { conversationId, ...rest } = wire(message, behaviour.answerMetadata);
    const own = json(201, {
      ...rest,
      ...(behaviour.answerNamesConversation ? { conversationId } : {}),
      platform: message.platform,
      ...(behaviour.answerTo === "absent"
        ? {}
        : { to: behaviour.answerTo === "digits" ? message.to.replace(/\D/g, "") : message.to }),
      status: "queued",
    });
    return fault === null ? own : fault.answer(own, random);
  };

  // Customers wrote before the run, where the behaviour says so.
  if (behaviour.olderMessages > 0)
    for (const { platform, to } of recipients) {
      if (contacts.has(`${platform} ${to}`)) continue;
      const start = inMillis() - 3_600_000_000;
      for (let index = 0; index < behaviour.olderMessages; index += 1) inbound(platform, to, start + index * 1_000_000);
      for (const message of conversations.get(conversationIdOf(platform, to)) ?? []) message.landedAt = -3_600_000;
    }

  return {
    posts,
    looks,
    messages: () => outbound,
    attempt(process, request, settle) {
      const url = new URL(request.url);
      const path = url.pathname.replace(/^\/v1/, "");
      const outMs = random.whole(1, 40);
      const backMs = random.whole(1, 40);
      if (request.method === "POST" && path === "/messaging/send") {
        const body = JSON.parse(request.body ?? "{}") as Record<string, unknown>;
        const metadata = body.metadata as Record<string, unknown> | undefined;
        const fault = postFaults.shift() ?? null;
        const post: PostRecord = {
          number: posts.length + 1,
          at: world.now(),
          process,
          reference: metadata?.clientReference,
          content: body.content,
          to: body.to,
          fault,
          endedAt: null,
          // Until its end is known, it may be on its way.
          mayBeProcessed: true,
          confirmed: false,
          message: null,
        };
        posts.push(post);
        trace(
          () =>
            `${process} sends request ${post.number}: "${body.content}" to ${body.to}, reference ${post.reference}${fault ? ` [${fault.name}]` : ""}`,
        );
        world.after(outMs, () => {
          const answer = accept(post, body);
          if (answer === "silence") return;
          world.after(backMs + (fault?.delayMs ?? 0), () => {
            trace(
              () =>
                `  ${process} gets for request ${post.number}: ${"reject" in answer ? answer.reject.message : `${answer.status} ${answer.text.slice(0, 120)}`}`,
            );
            if (!settle(answer)) return;
            post.endedAt = world.now();
            post.mayBeProcessed = fault?.proof !== true;
            post.confirmed = fault === null || fault.good === true;
          });
        });
        return;
      }
      world.after(outMs, () => {
        const { reply, delayMs, look } = answerLook(process, url, path);
        if (reply === "silence") return;
        world.after(backMs + delayMs, () => {
          trace(
            () =>
              `  ${process} ${request.method} ${path}${url.search}: ${"reject" in reply ? reply.reject.message : `${reply.status} ${reply.text.slice(0, 160)}`}`,
          );
          if (settle(reply) && look) look.endedAt = world.now();
        });
      });
    },
  };
}
