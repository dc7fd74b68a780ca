/** Customers who write, on a reference API whose deliveries go to whichever receiver is up. */
import { createReference, type DeliveryRequest, type Reference } from "../../reference/index.ts";
import { eventTypes } from "../../src/api/index.ts";
import { orderKey } from "../../src/webhooks/order-key.ts";
import type { Sent } from "./judge.ts";

const orgs = 6;
const conversationsEach = 5;
/** OnSync sends one delivery of an endpoint at a time; each org has two, so that every event comes twice. */
const endpointsEach = 2;

export type Load = {
  reference: Reference;
  sent: Map<string, Sent>;
  attempts: { made: number; failed: number };
  /** Customers write, from now until the promise's end. */
  during(ms: number): Promise<void>;
  /** Has everything delivered that can be: retries are made at once instead of in half a minute. */
  settle(): Promise<void>;
  /** What OnSync gave up after four attempts is delivered again, as a person would. */
  redeliverFailed(): Promise<number>;
};

function now() {
  return performance.now();
}

/**
 * Makes a delivery, and notes what became of it.
 *
 * @param url `null`: nobody is up
 */
async function deliver(
  { headers, body, signal }: DeliveryRequest,
  url: string | null,
  { sent, attempts }: Pick<Load, "sent" | "attempts">,
): Promise<{ status: number }> {
  const event = JSON.parse(body);
  const startedAt = now();
  const record = sent.get(event.id) ?? { id: event.id, key: orderKey(event), startedAt, acknowledgedAt: null };
  sent.set(event.id, record);
  attempts.made += 1;
  try {
    if (url === null) throw new Error("no receiver is up");
    const response = await fetch(url, { method: "POST", headers, body, signal });
    await response.body?.cancel();
    if (response.status === 200) record.acknowledgedAt ??= now();
    else attempts.failed += 1;
    return { status: response.status };
  } catch (error) {
    attempts.failed += 1;
    throw error;
  }
}

/** @returns their ids */
async function createOrgs(reference: Reference, secret: string): Promise<string[]> {
  const orgIds: string[] = [];
  for (let n = 0; n < orgs; n++) {
    const { id: orgId } = await reference.control.createOrg({ name: `org ${n}`, rateLimit: 1_000_000 });
    const { key } = await reference.control.createKey({ orgId });
    for (let endpoint = 0; endpoint < endpointsEach; endpoint++) {
      await reference.fetch(
        new Request("http://127.0.0.1/v1/webhooks", {
          method: "POST",
          headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
          body: JSON.stringify({ url: `https://hooks.example.com/${endpoint}`, events: eventTypes, secret }),
        }),
      );
    }
    orgIds.push(orgId);
  }
  return orgIds;
}

/** @param target where a delivery goes; `null`: nobody is up */
export async function startLoad(secret: string, target: () => string | null, random: () => number): Promise<Load> {
  const kept = { sent: new Map<string, Sent>(), attempts: { made: 0, failed: 0 } };
  const reference = createReference({
    deliver: (request) => deliver(request, target(), kept),
    random,
    rateLimit: 1_000_000,
  });
  const orgIds = await createOrgs(reference, secret);

  let messages = 0;
  const write = () => {
    const org = Math.floor(random() * orgs);
    const customer = Math.floor(random() * conversationsEach);
    messages += 1;
    return reference.control.inbound({
      platform: "whatsapp",
      from: `+97150${String(org).padStart(3, "0")}${String(customer).padStart(4, "0")}`,
      content: `message ${messages}`,
      orgId: orgIds[org] as string,
    });
  };

  return {
    reference,
    ...kept,
    async during(ms) {
      const until = now() + ms;
      while (now() < until) {
        for (let n = 0; n < 3; n++) await write();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async settle() {
      await reference.control.clock({ advanceMs: 11 * 60_000 });
      await reference.settled();
    },
    async redeliverFailed() {
      let redelivered = 0;
      for (const { id, status } of await reference.control.deliveries({ limit: 10_000 })) {
        if (status !== "failed") continue;
        await reference.control.redeliver(id);
        redelivered += 1;
      }
      return redelivered;
    },
  };
}
