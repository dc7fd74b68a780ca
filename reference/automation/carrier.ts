/**
 * The sandbox's carrier: a message that is sent goes on by itself, as one does that a phone receives. It follows the
 * reference's clock, and what is on its way is in the database.
 */
import type { MessageStatus } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { setMessageStatus } from "../inbox/messages.ts";
import type { StoredMessage } from "../store/messages.ts";
import type { CarrierSettings } from "./input.ts";

const withoutCarrier: CarrierSettings = { mode: "off", sentAfterMs: 1000, deliveredAfterMs: 3000, readAfterMs: 8000 };
const failureReason = "The sandbox's carrier is set to fail.";

export function readCarrier({ store }: ReferenceContext): CarrierSettings {
  const kept = store.settings.get("carrier");
  return kept === undefined ? withoutCarrier : (JSON.parse(kept) as CarrierSettings);
}

/** A carrier that is switched off gives up what it had on its way; each message stays as it is. */
export function setCarrier({ store, changes }: ReferenceContext, carrier: CarrierSettings): CarrierSettings {
  store.settings.set("carrier", JSON.stringify(carrier));
  if (carrier.mode === "off") store.carriage.clear();
  changes.note({ kind: "automation" });
  return carrier;
}

/** What becomes of a message next, and how long after it was sent; `null` where nothing more does. */
function findNextStep(
  { mode, sentAfterMs, deliveredAfterMs, readAfterMs }: CarrierSettings,
  status: StoredMessage["status"],
): { status: MessageStatus; afterMs: number } | null {
  if (mode === "off") return null;
  switch (status) {
    case "queued":
      return { status: "sent", afterMs: sentAfterMs };
    case "sent":
      return { status: mode === "fails" ? "failed" : "delivered", afterMs: deliveredAfterMs };
    case "delivered":
      return { status: "read", afterMs: readAfterMs };
    default:
      return null;
  }
}

/** A message was sent: from now on it goes on by itself, unless the carrier is off. */
export function handToCarrier(context: ReferenceContext, messageId: string): void {
  const carrier = readCarrier(context);
  if (carrier.mode === "off") return;
  const message = context.store.messages.byId(messageId);
  const next = findNextStep(carrier, message?.status);
  if (message && next) context.store.carriage.set(messageId, message.createdAt + next.afterMs);
}

/** One message goes on, if it is time: somebody else may have moved it, or the carrier's times, since it was noted. */
function carryOn(context: ReferenceContext, messageId: string): void {
  const { store, clock } = context;
  const carrier = readCarrier(context);
  const message = store.messages.byId(messageId);
  const now = findNextStep(carrier, message?.status);
  if (!message || !now) {
    store.carriage.remove(messageId);
    return;
  }
  if (message.createdAt + now.afterMs > clock.now()) {
    store.carriage.set(messageId, message.createdAt + now.afterMs);
    return;
  }
  setMessageStatus(context, messageId, now.status, now.status === "failed" ? failureReason : undefined);
  const next = findNextStep(carrier, now.status);
  if (next) store.carriage.set(messageId, message.createdAt + next.afterMs);
  else store.carriage.remove(messageId);
}

/** Takes every message on whose time has come, each step in a transaction of its own. */
export function carryDue(context: ReferenceContext): void {
  const { store, clock } = context;
  for (;;) {
    const messageId = store.carriage.nextDue(clock.now());
    if (messageId === undefined) return;
    store.transaction(() => carryOn(context, messageId));
  }
}
