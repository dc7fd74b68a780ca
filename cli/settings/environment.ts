/** The environment variables of the `onsync` command, checked. An empty one counts as not set. */
import { readFileSync } from "node:fs";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";

export function readVariable(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/**
 * The API key of `ONSYNC_API_KEY` or `ONSYNC_API_KEY_FILE`, and where it came from; `null` where neither is set.
 *
 * @throws UsageError when both are set, or the file cannot be read or is empty
 */
export function findApiKey(env: Environment): { apiKey: string; from: string } | null {
  const inline = readVariable(env, "ONSYNC_API_KEY");
  const file = readVariable(env, "ONSYNC_API_KEY_FILE");
  if (inline !== undefined && file !== undefined) {
    throw new UsageError(
      "ONSYNC_API_KEY and ONSYNC_API_KEY_FILE are both set, and only one can count: unset the other.",
    );
  }
  const from = inline === undefined ? `ONSYNC_API_KEY_FILE (${file})` : "ONSYNC_API_KEY";
  if (inline === undefined && file === undefined) return null;
  const apiKey = inline ?? readSecretFile("ONSYNC_API_KEY_FILE", file as string);
  if (apiKey === "") throw new UsageError(`The file of ${from} is empty: put the API key into it.`);
  return { apiKey, from };
}

/** @throws UsageError where it cannot be read */
export function readSecretFile(variable: string, file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${variable} names ${file}, which cannot be read (${code}): check the path and its permissions.`,
    );
  }
}

/**
 * As {@link findApiKey}, for commands that cannot do without one.
 *
 * @throws UsageError that says how to set a key, and how to try without an account
 */
export function requireApiKey(env: Environment): { apiKey: string; from: string } {
  const found = findApiKey(env);
  if (found) return found;
  throw new UsageError("No API key is set.", {
    code: "no_api_key",
    advice:
      "Generate one under Settings → API & Webhooks in OnSync and set ONSYNC_API_KEY to it, or ONSYNC_API_KEY_FILE to a file that holds it. To try without an account, run `onsync start`: it prints a key and a base URL.",
  });
}

/** `ONSYNC_BASE_URL`; the client checks it, and has the default. */
export function findBaseUrl(env: Environment): string | undefined {
  return readVariable(env, "ONSYNC_BASE_URL");
}

/** `ONSYNC_WEBHOOK_SECRETS`: comma separated, newest first. */
export function readWebhookSecrets(env: Environment): string[] {
  return (env.ONSYNC_WEBHOOK_SECRETS ?? "")
    .split(",")
    .map((secret) => secret.trim())
    .filter((secret) => secret !== "");
}

/** `ONSYNC_REDIS_PASSWORD`: of the Redis that `--redis` or `ONSYNC_REDIS_URL` names without one. */
export function findRedisPassword(env: Environment): string | undefined {
  return readVariable(env, "ONSYNC_REDIS_PASSWORD");
}

/** `ONSYNC_FORWARD_SECRET`: what `onsync listen --forward` signs with. */
export function findForwardSecret(env: Environment): string | undefined {
  return readVariable(env, "ONSYNC_FORWARD_SECRET");
}

/**
 * `ONSYNC_CONTROL_TOKEN`: what requests to the reference's control API must show; without it each start makes one.
 *
 * @throws UsageError when it is too short or has white space
 */
export function findControlToken(env: Environment): string | undefined {
  const token = readVariable(env, "ONSYNC_CONTROL_TOKEN");
  if (token !== undefined && !/^[\x21-\x7e]{16,}$/.test(token)) {
    throw new UsageError(
      "ONSYNC_CONTROL_TOKEN must have at least 16 characters and no white space: `openssl rand -hex 16` makes one. Unset it to have one made.",
    );
  }
  return token;
}

/**
 * `ONSYNC_APPROVAL_TOKEN` or `ONSYNC_APPROVAL_TOKEN_FILE`: what opens the approval page; without it each start makes one.
 *
 * @throws UsageError when it is too short or has white space, or its file cannot be read
 */
export function findApprovalToken(env: Environment): string | undefined {
  const name = "ONSYNC_APPROVAL_TOKEN";
  const file = readVariable(env, `${name}_FILE`);
  const token = readVariable(env, name) ?? (file === undefined ? undefined : readSecretFile(`${name}_FILE`, file));
  if (token !== undefined && !/^[\x21-\x7e]{16,}$/.test(token))
    throw new UsageError(
      `${name} must have at least 16 characters and no white space: \`openssl rand -hex 16\` makes one. Unset it to have one made.`,
    );
  return token;
}

/** `ONSYNC_MCP_TOKEN`: what clients of the HTTP MCP server must show. */
export function findMcpToken(env: Environment): string | undefined {
  return readVariable(env, "ONSYNC_MCP_TOKEN");
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * `ONSYNC_LOG_LEVEL`.
 *
 * @throws UsageError when it is none of pino's levels
 */
export function readLogLevel(env: Environment, defaultLevel: LogLevel): LogLevel {
  const wanted = readVariable(env, "ONSYNC_LOG_LEVEL");
  const level = wanted === undefined ? defaultLevel : logLevels.find((known) => known === wanted.toLowerCase());
  if (level === undefined) {
    throw new UsageError(`ONSYNC_LOG_LEVEL is "${wanted}": give one of ${logLevels.join(", ")}.`);
  }
  return level;
}
