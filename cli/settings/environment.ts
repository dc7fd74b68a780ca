/** The environment variables of the `onsync` command, checked. An empty one counts as not set. */
import { readFileSync } from "node:fs";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";

export function readVariable(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** What commands may be told that nobody else is to know: each in a variable, or in the file that the same with `_FILE` names. */
export const secretVariables = [
  "ONSYNC_API_KEY",
  "ONSYNC_WEBHOOK_SECRETS",
  "ONSYNC_FORWARD_SECRET",
  "ONSYNC_REDIS_PASSWORD",
  "ONSYNC_MCP_TOKEN",
  "ONSYNC_APPROVAL_TOKEN",
  "ONSYNC_CONTROL_TOKEN",
  "ONSYNC_METRICS_TOKEN",
  "ONSYNC_OAUTH_KEYS",
] as const;

export type FoundSecret = {
  value: string;
  /** As an error names it: the variable, and the file where it is in one. */
  from: string;
  file?: string;
};

/**
 * A secret, from its variable or its file; `null` where neither is set.
 *
 * @throws UsageError when both are set, or the file cannot be read or is empty
 */
export function findSecret(env: Environment, name: (typeof secretVariables)[number]): FoundSecret | null {
  const value = readVariable(env, name);
  const file = readVariable(env, `${name}_FILE`);
  if (value !== undefined && file !== undefined)
    throw new UsageError(`${name} and ${name}_FILE are both set, and only one can count: unset the other.`);
  if (value !== undefined) return { value, from: name };
  if (file === undefined) return null;
  const content = readSecretFile(`${name}_FILE`, file);
  const from = `${name}_FILE (${file})`;
  if (content === "") throw new UsageError(`The file of ${from} is empty: put into it what ${name} would hold.`);
  return { value: content, from, file };
}

/**
 * The API key of `ONSYNC_API_KEY` or `ONSYNC_API_KEY_FILE`, and where it came from; `null` where neither is set.
 *
 * @throws UsageError when both are set, or the file cannot be read or is empty
 */
export function findApiKey(env: Environment): { apiKey: string; from: string } | null {
  const found = findSecret(env, "ONSYNC_API_KEY");
  return found && { apiKey: found.value, from: found.from };
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

/** `ONSYNC_WEBHOOK_SECRETS`: separated by commas, or by lines in a file, newest first. */
export function readWebhookSecrets(env: Environment): string[] {
  return (findSecret(env, "ONSYNC_WEBHOOK_SECRETS")?.value ?? "")
    .split(/[,\n]/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== "");
}

/** `ONSYNC_REDIS_PASSWORD`: of the Redis that `--redis` or `ONSYNC_REDIS_URL` names without one. */
export function findRedisPassword(env: Environment): string | undefined {
  return findSecret(env, "ONSYNC_REDIS_PASSWORD")?.value;
}

/** `ONSYNC_FORWARD_SECRET`: what `onsync listen --forward` signs with. */
export function findForwardSecret(env: Environment): string | undefined {
  return findSecret(env, "ONSYNC_FORWARD_SECRET")?.value;
}

/**
 * `ONSYNC_CONTROL_TOKEN`: what requests to the reference's control API must show; without it each start makes one.
 *
 * @throws UsageError when it is too short or has white space
 */
export function findControlToken(env: Environment): string | undefined {
  return findToken(env, "ONSYNC_CONTROL_TOKEN");
}

/**
 * `ONSYNC_APPROVAL_TOKEN`: what opens the approval page; without it each start makes one.
 *
 * @throws UsageError when it is too short or has white space
 */
export function findApprovalToken(env: Environment): string | undefined {
  return findToken(env, "ONSYNC_APPROVAL_TOKEN");
}

/**
 * `ONSYNC_METRICS_TOKEN`: what requests for /metrics must show; without it only this machine gets them.
 *
 * @throws UsageError when it is too short or has white space
 */
export function findMetricsToken(env: Environment): string | undefined {
  return findToken(env, "ONSYNC_METRICS_TOKEN", "Unset it to have none.");
}

function findToken(
  env: Environment,
  name: "ONSYNC_CONTROL_TOKEN" | "ONSYNC_APPROVAL_TOKEN" | "ONSYNC_METRICS_TOKEN",
  without = "Unset it to have one made.",
): string | undefined {
  const found = findSecret(env, name);
  if (found !== null && !/^[\x21-\x7e]{16,}$/.test(found.value))
    throw new UsageError(
      `${found.from} must have at least 16 characters and no white space: \`openssl rand -hex 16\` makes one. ${without}`,
    );
  return found?.value;
}

/** `ONSYNC_MCP_TOKEN`: what clients of the HTTP MCP server must show. */
export function findMcpToken(env: Environment): string | undefined {
  return findSecret(env, "ONSYNC_MCP_TOKEN")?.value;
}

/**
 * `PORT`, which platforms such as Cloud Run and Heroku set; `undefined` where it is not.
 *
 * @throws UsageError where it is no port
 */
export function findPort(env: Environment): number | undefined {
  const text = readVariable(env, "PORT");
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(
    `PORT is ${JSON.stringify(text)}: give a whole number from 0 to 65535, or unset it and use --port.`,
  );
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
