/**
 * From what Zapier hands over of a webhook delivery to the event in it: verified, of the right type, and seen for the
 * first time. Whatever is not gives `null` and a line in the log, so that the Zap does not run.
 */
import type { Bundle, ZObject } from "zapier-platform-core";
import type { Event, EventType } from "../../src/api/index.ts";
import { signatureHeader, verifySignature } from "../../src/api/signature.ts";
import { createScopedCache } from "../connection/cache.ts";

/** What subscribing returned. */
export type Subscription = { id?: unknown; secret?: unknown };

/** Zapier names the headers of a delivery `Http-X-Onsync-Signature`; they are looked up under both names, in any case. */
function findHeader(headers: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  const names = [name.toLowerCase(), `http-${name.toLowerCase()}`];
  const value = Object.entries(headers ?? {}).find(([each]) => names.includes(each.toLowerCase()))?.[1];
  return typeof value === "string" ? value : undefined;
}

function getSubscription(bundle: Bundle): Subscription {
  return bundle.subscribeData ?? {};
}

/** The event, or `null` and the reason in the log. The signature covers the raw body: it is verified before parsing. */
function readVerifiedEvent<Type extends EventType>(type: Type, z: ZObject, bundle: Bundle): Event<Type> | null {
  const drop = (reason: string) => {
    z.console.log(`Delivery dropped: ${reason}.`);
    return null;
  };
  const { secret } = getSubscription(bundle);
  const body = bundle.rawRequest?.content;
  if (typeof body !== "string") return drop("it has no body");
  // Every subscription of this app has a secret. Without one anybody who knows the hook's address could run the Zap.
  if (typeof secret !== "string" || secret.trim() === "")
    return drop("this Zap's subscription has no secret to verify it with; turn the Zap off and on to subscribe again");
  const signature = findHeader(bundle.rawRequest?.headers, signatureHeader);
  if (signature === undefined) return drop("it is not signed");
  if (!verifySignature(body, signature, secret)) return drop("its signature does not verify");
  let event: Partial<Event<Type>> | null;
  try {
    event = JSON.parse(body);
  } catch {
    return drop("its body is not JSON");
  }
  if (event?.type !== type) return drop(`it is not a ${type} event`);
  if (typeof event.id !== "string" || typeof event.data !== "object" || event.data === null)
    return drop("it has no id or no data");
  return event as Event<Type>;
}

/**
 * How long an event is remembered, in seconds. OnSync's four attempts are over within a quarter of an hour; a delivery
 * that somebody repeats by hand comes later.
 */
const eventMemorySeconds = 24 * 60 * 60;

/** Whether this subscription has had the event before. Zapier does not de-duplicate hooks; each Zap has its own subscription. */
async function isRepeated({ id: eventId }: Event, z: ZObject, bundle: Bundle): Promise<boolean> {
  const { id } = getSubscription(bundle);
  if (typeof id !== "string") return false;
  const key = `event:${id}:${eventId}`;
  // A subscription's id is its own key: no scope tells it apart any further.
  const cache = createScopedCache(z, null);
  try {
    if ((await cache.get(key)) !== null) return true;
    // Of two deliveries at the same moment, the one that comes second is told so.
    return (await cache.set(key, 1, eventMemorySeconds, true)) === false;
  } catch {
    // An event too many can be told by its id; one too few is lost.
    return false;
  }
}

/**
 * @param accept gives the event as the Zap sees it, or `null` where its filters hold it back: such an event is not remembered
 */
export async function receiveEvent<Type extends EventType>(
  type: Type,
  z: ZObject,
  bundle: Bundle,
  accept: (event: Event<Type>) => Event<Type> | null | Promise<Event<Type> | null>,
): Promise<Event<Type> | null> {
  const verified = readVerifiedEvent(type, z, bundle);
  const event = verified && (await accept(verified));
  if (event === null) return null;
  if (await isRepeated(event as Event, z, bundle)) {
    z.console.log(`Delivery dropped: event ${event.id} was here before.`);
    return null;
  }
  return event;
}
