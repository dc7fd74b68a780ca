/** Whether there is a secret to verify deliveries with. */
import { existsSync } from "node:fs";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";
import { readWebhookSecrets } from "../settings/environment.ts";
import { defaultEventFile, type StoreChoice } from "../settings/event-store.ts";

type SecretChoice = StoreChoice & { register?: string };

/**
 * Before a store is opened: a call that lacks a secret leaves no file behind.
 *
 * @throws UsageError where no secret can be there
 */
export function requireSomeSecret(env: Environment, { register, data, redis }: SecretChoice): void {
  const mayHoldSecrets = register !== undefined || redis !== undefined || existsSync(data ?? defaultEventFile);
  if (readWebhookSecrets(env).length === 0 && !mayHoldSecrets) throw createNoSecretError();
}

/**
 * @param current those that are accepted
 * @param own those of ONSYNC_WEBHOOK_SECRETS
 * @throws UsageError where none is accepted, and none will be registered
 */
export function checkSecrets(
  current: readonly string[],
  own: readonly string[],
  { register }: SecretChoice,
  log: EventLogger,
): void {
  const retired = own.filter((secret) => !current.includes(secret)).length;
  if (retired > 0) {
    log("warn", "ONSYNC_WEBHOOK_SECRETS names secrets that `onsync listen rotate` has retired: remove them", {
      retired,
    });
  }
  if (register === undefined && current.length === 0) throw createNoSecretError();
}

function createNoSecretError(): UsageError {
  return new UsageError("There is no secret to verify deliveries with.", {
    advice:
      "Set ONSYNC_WEBHOOK_SECRETS to the secret of your webhook endpoint, or register one with --register PUBLIC_URL.",
  });
}
