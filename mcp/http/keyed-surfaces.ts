/**
 * Several orgs on one server: each request carries its own OnSync key, and each key has its own client and tools. OnSync is
 * asked about a key before anything is answered by it. Surfaces are kept for the keys used last, found by a hash of the
 * whole key, so that keys lie in no table; what must outlive them (counts of sends, used confirmations) is in the ledger,
 * and a key that OnSync does not take gets no surface.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Account } from "../../src/api/index.ts";
import { systemClock } from "../../src/client/clock.ts";
import { isErrorNamed } from "../../src/client/errors/guards.ts";
import { createMemoryLedger, type OnSync } from "../../src/client/index.ts";
import type { McpOptions } from "../options.ts";
import { createAccountCheck } from "../surface/account.ts";
import { createSurface, type Surface } from "../surface/index.ts";
import { createErrorResponse } from "./error-response.ts";

const maxSurfaces = 100;
/** A key that was refused is refused without asking again for this long, in milliseconds. */
const refusalMs = 30_000;
const maxRefusals = 1000;

/** What the surfaces of all keys share. */
export type SharedOptions = Omit<McpOptions, "onsync"> & {
  /** Bearer token that replicas share. */
  token?: string;
};

type Admitted = { surface: Surface; getAccount(): Promise<Account | null> };

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** @returns makes the surface of a key that OnSync takes */
function createAdmission(options: SharedOptions, onsyncForKey: (apiKey: string) => OnSync) {
  const { now = Date.now, sleep = systemClock.sleep, safety, token } = options;
  const ledger = options.ledger ?? createMemoryLedger({ clock: { now, sleep } });
  // Replicas share the bearer token, and by it what they seal; each key's seals are its own.
  const secret = safety?.secret ?? token ?? randomBytes(32).toString("hex");

  return async (apiKey: string): Promise<Admitted> => {
    const onsync = onsyncForKey(apiKey);
    const getAccount = createAccountCheck(onsync, now);
    const account = await getAccount();
    const surface = createSurface(
      {
        ...options,
        onsync,
        ledger,
        // Where OnSync does not tell whose the key is, no event can be known to be its org's.
        events: account ? options.events : undefined,
        safety: { ...safety, secret: createHmac("sha256", secret).update(`onsync-mcp ${apiKey}`).digest("hex") },
        ledgerScope: hash(`onsync-mcp ${account ? `${onsync.baseUrl} ${account.org.id}` : apiKey}`),
      },
      { getAccount },
    );
    return { surface, getAccount };
  };
}

/** @returns finds the surface of a key, or the answer that says why it has none */
export function createKeyedSurfaces(options: SharedOptions, onsyncForKey: (apiKey: string) => OnSync) {
  const { now = Date.now } = options;
  const admit = createAdmission(options, onsyncForKey);
  const admitted = new LRUCache<string, Admitted>({ max: maxSurfaces });
  const refusedUntil = new LRUCache<string, number>({ max: maxRefusals });
  const asking = new Map<string, Promise<Admitted>>();

  /** Asks once for calls that come at the same time. */
  const admitOnce = (apiKey: string, name: string): Promise<Admitted> => {
    const known = admitted.get(name) ?? asking.get(name);
    if (known) return Promise.resolve(known);
    const asked = admit(apiKey)
      .then((entry) => {
        admitted.set(name, entry);
        return entry;
      })
      .finally(() => asking.delete(name));
    asking.set(name, asked);
    return asked;
  };

  return async (apiKey: string): Promise<Surface | Response> => {
    const name = hash(apiKey);
    if (now() < (refusedUntil.get(name) ?? 0)) return refuseKey();
    const isKnown = admitted.has(name);
    try {
      const { surface, getAccount } = await admitOnce(apiKey, name);
      await getAccount();
      return surface;
    } catch (error) {
      if (isErrorNamed(error, "AuthenticationError")) {
        admitted.delete(name);
        refusedUntil.set(name, now() + refusalMs);
        return refuseKey();
      }
      // A key that was good a while ago gets the tools, whose calls OnSync judges; its events are asked about again.
      return (isKnown && admitted.get(name)?.surface) || describeUnchecked(error);
    }
  };
}

function refuseKey(): Response {
  return createErrorResponse(401, "OnSync does not take this API key (invalid_api_key): it is wrong or revoked.");
}

function describeUnchecked(error: unknown): Response {
  const waitMs = isErrorNamed(error, "RateLimitError") ? error.retryAfterMs : null;
  return createErrorResponse(503, "The API key could not be checked with OnSync just now. Try again.", {
    "retry-after": String(Math.ceil((waitMs ?? 5000) / 1000)),
  });
}
