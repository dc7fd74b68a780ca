/** `POST /v1/messaging/send`: the work, which may be done now, later or never, and the answer, which may be another's. */
import type { Answer } from "../faults/fault.ts";
import type { Random } from "../random.ts";
import type { World } from "../virtual-time.ts";
import type { ServerBehaviour } from "./behaviour.ts";
import type { Inbox } from "./inbox.ts";
import type { SendRequest, StoredMessage } from "./records.ts";
import { toWholeMillis, wallMicros } from "./times.ts";
import type { Wire } from "./wire.ts";

export type SendingServer = {
  world: World;
  random: Random;
  behaviour: ServerBehaviour;
  inbox: Inbox;
  wire: Wire;
  /** Told of each message that comes to be. */
  onMessage(message: StoredMessage): void;
};

type Body = Record<string, unknown>;

function toMessage(body: Body, createdAtMicros: number, { number }: SendRequest) {
  return {
    platform: String(body.platform),
    to: String(body.to),
    direction: "outbound" as const,
    content: String(body.content),
    metadata: { ...(body.metadata as Record<string, unknown> | undefined) },
    createdAtMicros,
    request: number,
  };
}

/** The message comes to be, among those that the customer writes in the same millisecond. */
function work({ world, random, behaviour, inbox, onMessage }: SendingServer, request: SendRequest, body: Body): void {
  const hasMicros = behaviour.times.includes("micros");
  const now = wallMicros(world, behaviour);
  const message = toMessage(body, hasMicros ? now + random.whole(0, 999) : toWholeMillis(now), request);
  const before = random.whole(0, behaviour.inSameMillisecond);
  for (let index = 0; index < before; index += 1) inbox.addInbound(message, message.createdAtMicros);
  request.message = inbox.store(message);
  for (let index = before; index < behaviour.inSameMillisecond; index += 1)
    inbox.addInbound(message, message.createdAtMicros);
  onMessage(request.message);
}

export function answerSend(server: SendingServer, request: SendRequest, body: Body): Answer {
  const { world, random, behaviour, inbox, wire } = server;
  const { fault } = request;
  if (fault === null || fault.workMs === 0) work(server, request, body);
  else if (fault.workMs !== null) world.after(fault.workMs, () => work(server, request, body));
  // Where the work is yet to be done: what a good answer would have looked like, for answers that are cut short.
  const message = request.message ?? {
    id: inbox.nextId("msg"),
    conversationId: "whatsapp:+0",
    landedAt: world.now(),
    ...toMessage(body, toWholeMillis(wallMicros(world, behaviour)), request),
  };
  const { conversationId, ...rest } = wire.message(message, behaviour.answerMetadata);
  const own = wire.json(201, {
    ...rest,
    ...(behaviour.answerNamesConversation ? { conversationId } : {}),
    platform: message.platform,
    ...(behaviour.answerTo === "absent"
      ? {}
      : { to: behaviour.answerTo === "digits" ? message.to.replace(/\D/g, "") : message.to }),
    status: "queued",
  });
  return fault === null ? own : fault.answer(own, random);
}
