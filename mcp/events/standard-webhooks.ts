/** Signatures of Standard Webhooks (https://www.standardwebhooks.com), which the MCP Events extension delivers by. */
import { createHmac } from "node:crypto";

const prefix = "whsec_";
const minSecretBytes = 24;
const maxSecretBytes = 64;

/** Whether a text is a secret of Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes. */
export function isWebhookSecret(secret: string): boolean {
  const encoded = secret.slice(prefix.length);
  if (!secret.startsWith(prefix) || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return false;
  const key = Buffer.from(encoded, "base64");
  return key.length >= minSecretBytes && key.length <= maxSecretBytes && key.toString("base64") === encoded;
}

/**
 * The headers that say whose a body is.
 *
 * @param id the same for each attempt
 * @param secrets while one is replaced by another the body is signed with both
 */
export function signWebhook(id: string, body: string, secrets: readonly string[], now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
