/** What a receiver does now and then beside its work: forgetting old events, and following a rotation of the secrets. */
import type { EventLogger } from "../../src/webhooks/logger.ts";
import type { Secrets } from "../../src/webhooks/receiver/secrets.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";

const pruneIntervalMs = 10 * 60 * 1000;
/** The longest that a secret is accepted after a rotation has ended it. */
const secretsIntervalMs = 5000;

/** @returns ends it */
export function startPruning(store: EventStore, log: EventLogger): () => void {
  const prune = () =>
    store.prune().then(
      (forgotten) => forgotten > 0 && log("info", "old events forgotten", { forgotten }),
      (err: unknown) => log("error", "old events cannot be forgotten", { err }),
    );
  void prune();
  const timer = setInterval(prune, pruneIntervalMs);
  return () => clearInterval(timer);
}

/** Keeps up with what a rotation does to the secrets, also while every delivery verifies. @returns ends it */
export function startRefreshingSecrets(secrets: Required<Secrets>, log: EventLogger): () => void {
  const timer = setInterval(() => {
    secrets.refresh().catch((err: unknown) => log("debug", "the secrets cannot be read", { err }));
  }, secretsIntervalMs);
  return () => clearInterval(timer);
}
