/** `ONSYNC_OAUTH_…`: whose access tokens `onsync mcp --http` takes, and which OnSync key is used for whom. */
import { statSync } from "node:fs";
import { type Claims, readOAuthOptions } from "../../mcp/http/oauth/options.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";
import { findSecret, readVariable } from "../settings/environment.ts";

/** The key of those whose token has all of these claims; of a claim that is a list, one of its values. */
export type KeyRule = { match: Record<string, string>; key: string };

export type OAuthSettings = {
  issuer: string;
  audience: string[];
  grantedScopes: string[];
  scopePrefix: string;
  /** `undefined`: everybody who signs in uses the server's own key. */
  rules: KeyRule[] | undefined;
};

const keysVariable = "ONSYNC_OAUTH_KEYS";
const example = '[{ "match": { "sub": "auth0|66f0" }, "key": "onsync_pk_live_…" }]';

function readList(env: Environment, name: string): string[] {
  return (readVariable(env, name) ?? "").split(/[\s,]+/).filter((each) => each !== "");
}

/** @returns `undefined` without `ONSYNC_OAUTH_ISSUER` @throws UsageError that names the variable and the fix */
export function readOAuth(env: Environment): OAuthSettings | undefined {
  const issuer = readVariable(env, "ONSYNC_OAUTH_ISSUER");
  const audience = readList(env, "ONSYNC_OAUTH_AUDIENCE");
  const rules = readKeyRules(env);
  if (issuer === undefined) {
    if (audience.length > 0 || rules)
      throw new UsageError(
        "ONSYNC_OAUTH_ISSUER is not set: give the authorization server whose tokens are to be taken.",
      );
    return undefined;
  }
  if (audience.length === 0)
    throw new UsageError(
      "ONSYNC_OAUTH_AUDIENCE is not set: give the address of this server as clients know it, such as https://mcp.example.com/mcp.",
    );
  const grantedScopes = readList(env, "ONSYNC_OAUTH_GRANTED_SCOPES");
  const scopePrefix = readVariable(env, "ONSYNC_OAUTH_SCOPE_PREFIX") ?? "";
  const settings = { issuer, audience, grantedScopes, scopePrefix };
  try {
    readOAuthOptions(settings);
  } catch (error) {
    throw new UsageError(
      (error as Error).message.replace(/^oauth\.(\w+)/, (_all, name: string) => `ONSYNC_OAUTH_${name.toUpperCase()}`),
    );
  }
  return { ...settings, rules };
}

function readKeyRules(env: Environment): KeyRule[] | undefined {
  const found = findSecret(env, keysVariable);
  if (found === null) return undefined;
  const { value, from, file } = found;
  // Windows has no such rights.
  if (file !== undefined && process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0)
    throw new UsageError(`${keysVariable}_FILE names ${file}, which others can read or change: chmod 600 it.`);
  return parseKeyRules(value, from);
}

/** What is wrong is said without a word of what is in there. */
function parseKeyRules(text: string, from: string): KeyRule[] {
  let rules: unknown;
  try {
    rules = JSON.parse(text);
  } catch {
    throw new UsageError(`${from} is no JSON. It is a list such as ${example}.`);
  }
  if (!Array.isArray(rules) || rules.length === 0) throw new UsageError(`${from} must be a list such as ${example}.`);
  rules.forEach((rule, index) => {
    const problem = findRuleProblem(rule);
    if (problem !== undefined) throw new UsageError(`${from}, entry ${index + 1}: ${problem}. One is ${example}.`);
  });
  return rules;
}

function findRuleProblem(rule: unknown): string | undefined {
  const { match, key, ...more } = (rule ?? {}) as { match?: unknown; key?: unknown };
  if (typeof match !== "object" || match === null || Array.isArray(match) || Object.keys(match).length === 0)
    return "match must name at least one claim, such as sub or org_id, with its value";
  if (Object.values(match).some((value) => typeof value !== "string" || value === ""))
    return "the values of match must be texts that are not empty";
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,512}$/.test(key))
    return "key must be an OnSync API key, without spaces";
  const [unknown] = Object.keys(more);
  return unknown === undefined ? undefined : `it has no ${JSON.stringify(unknown.slice(0, 40))}, only match and key`;
}

/** The key of the first rule that matches. */
export function findKey(rules: readonly KeyRule[], claims: Claims): string | undefined {
  return rules.find(({ match }) =>
    Object.entries(match).every(([claim, wanted]) => {
      const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
      return Array.isArray(value) ? value.includes(wanted) : value === wanted;
    }),
  )?.key;
}
