/** Who may call with a token of the authorization server, by which key of OnSync, and for what. */

import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import type { Log } from "../../options.ts";
import { createErrorResponse } from "../error-response.ts";
import { type Challenge, describeResource, formatChallenge, locateMetadata } from "./challenge.ts";
import { IssuerUnavailableError } from "./fetch-document.ts";
import { type Claims, type OAuthOptions, type ResourceServer, readOAuthOptions } from "./options.ts";
import { findNeededScopes } from "./scopes.ts";
import { createTokenCheck } from "./token.ts";

/** Who signed in. */
export type SignedIn = {
  scopes: ReadonlySet<string>;
  /** Their OnSync key; `undefined`: the server's own. */
  apiKey: string | undefined;
  /** Who it is, among all whom this server lets in. */
  principal: string;
};

export type SignInSetting = {
  /** The scopes that the tools offered need. */
  scopes: readonly string[];
  now: () => number;
  log: Log | undefined;
};

function refuse(server: ResourceServer, status: 401 | 403, message: string, challenge: Challenge): Response {
  return createErrorResponse(status, message, { "www-authenticate": formatChallenge(server, challenge) });
}

/** The scopes of a token, by the names they have here: `scope` is the standard's, `scp` Entra's and Okta's. */
function readScopes({ scope, scp }: Claims, { scopePrefix, grantedScopes }: ResourceServer): ReadonlySet<string> {
  const granted = [scope, scp].flatMap((each) => (typeof each === "string" ? each.split(" ") : each));
  const names = granted.filter((each) => typeof each === "string");
  const withoutPrefix = (name: string) => (name.startsWith(scopePrefix) ? name.slice(scopePrefix.length) : name);
  return new Set([...grantedScopes, ...names.map(withoutPrefix)]);
}

/** @throws Error where an option is wrong */
export function createSignIn(options: OAuthOptions, { scopes: supported, now, log }: SignInSetting) {
  const server = readOAuthOptions(options);
  const checkToken = createTokenCheck(server, options.transport ?? fetchTransport(fetch), now);
  // To begin with a client asks for what reads; what writes it asks for when a call needs it.
  const first = supported.filter((scope) => scope.startsWith("read:"));

  const admit = async (claims: Claims): Promise<SignedIn | Response> => {
    const apiKey = await options.findKey?.(claims);
    if (options.findKey && apiKey === undefined) {
      log?.("warn", "no OnSync key for who signed in", { iss: claims.iss, sub: claims.sub });
      return createErrorResponse(
        403,
        "You are signed in, and this server has no OnSync key for you: ask its operator.",
      );
    }
    return { scopes: readScopes(claims, server), apiKey, principal: JSON.stringify([claims.iss, claims.sub]) };
  };

  return {
    metadata: { paths: locateMetadata(server).paths, document: describeResource(server, supported) },

    /** @returns who signed in, or the answer that says how to */
    async identify(authorization: string | null): Promise<SignedIn | Response> {
      const token = /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? "")?.[1];
      if (token === undefined)
        return refuse(server, 401, "Sign in: send an access token as Authorization: Bearer.", { scopes: first });
      try {
        const checked = await checkToken(token);
        if (checked.ok) return await admit(checked.claims);
        const description = `The access token is not taken: ${checked.why}`;
        log?.("info", "access token refused", { why: checked.why });
        return refuse(server, 401, `${description}.`, { error: "invalid_token", description, scopes: first });
      } catch (error) {
        if (!(error instanceof IssuerUnavailableError)) throw error;
        log?.("error", "authorization server cannot be asked", { err: error });
        return createErrorResponse(503, "The authorization server cannot be asked just now. Try again.", {
          "retry-after": "10",
        });
      }
    },

    /** @returns the answer to who has signed in with fewer scopes than the message needs: which to ask for */
    findRefusal(message: unknown, { scopes }: SignedIn): Response | undefined {
      const missing = findNeededScopes(message).filter((scope) => !scopes.has(scope));
      if (missing.length === 0) return undefined;
      const description = `This needs ${missing.join(" and ")}`;
      // With those there are, so that a client that asks for these alone loses nothing.
      const wanted = [
        ...supported.filter((scope) => scopes.has(scope) || missing.includes(scope as never)),
        ...missing,
      ];
      return refuse(server, 403, `${description}.`, {
        error: "insufficient_scope",
        description,
        scopes: [...new Set(wanted)],
      });
    },
  };
}

export type SignIn = ReturnType<typeof createSignIn>;
