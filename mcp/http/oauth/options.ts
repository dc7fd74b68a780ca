/** What an OAuth 2.1 resource server is told: whose tokens it takes, what they must be meant for, and whose key is used. */

import type { Transport } from "../../../src/client/index.ts";
import { isLoopback } from "../../../src/http/loopback.ts";
import type { JsonDocument } from "./fetch-document.ts";

/** What a token says of who signed in, checked. */
export type Claims = JsonDocument & { iss: string; sub: string };

export type OAuthOptions = {
  /** The authorization server, as its own metadata names it: `https://login.example.com/realms/acme`. */
  issuer: string;
  /**
   * What tokens must be meant for (`aud`). The first that is an address is this server's own as clients know it
   * (`https://mcp.example.com/mcp`), and is told to them as the resource.
   */
  audience: string | readonly string[];
  /**
   * The OnSync key of who signed in; `undefined`: none, and so no access. With it `onsyncForKey` must be given. Default:
   * everybody who signs in uses the server's own client.
   */
  findKey?: (claims: Claims) => string | undefined | Promise<string | undefined>;
  /** Scopes that everybody who signs in has, for authorization servers that know none, such as `read:contacts`. */
  grantedScopes?: readonly string[];
  /** What the authorization server writes before a scope where clients ask for it, such as `api://onsync/`. */
  scopePrefix?: string;
  /** Fetches the metadata and the keys of the authorization server. Default: Node's own fetch. */
  transport?: Transport;
};

export type ResourceServer = {
  issuer: string;
  audiences: string[];
  /** This server's address as clients know it, as the operator wrote it: authorization servers compare letter by letter. */
  resource: string;
  grantedScopes: readonly string[];
  scopePrefix: string;
};

/** Whether nobody on the way can change what is fetched from there. */
export function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

/** @throws Error that names the option and the fix */
export function readOAuthOptions(options: OAuthOptions): ResourceServer {
  const { issuer, audience, grantedScopes = [], scopePrefix = "" } = options;
  if (!isTrustworthy(issuer) || /[?#]/.test(issuer))
    throw new Error(`oauth.issuer must be an https address without query, not ${JSON.stringify(issuer)}`);
  const audiences = [audience].flat().map((each) => each.trim());
  if (audiences.length === 0 || audiences.includes("")) throw new Error("oauth.audience must not be empty");
  const resource = audiences.find((each) => /^https?:/i.test(each) && isTrustworthy(each) && !each.includes("#"));
  if (resource === undefined)
    throw new Error(
      "oauth.audience must have the https address of this server as clients know it, such as https://mcp.example.com/mcp",
    );
  return { issuer, audiences, resource, grantedScopes, scopePrefix };
}
