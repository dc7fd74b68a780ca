/** What clients are told of how to sign in: the metadata of the protected resource (RFC 9728), and `WWW-Authenticate`. */
import type { ResourceServer } from "./options.ts";

const wellKnown = "/.well-known/oauth-protected-resource";

/** The paths at which the metadata is, and its address. */
export function locateMetadata({ resource }: ResourceServer): { paths: string[]; url: string } {
  const { origin, pathname } = new URL(resource);
  const path = pathname.replace(/\/$/, "");
  return { paths: [...new Set([wellKnown, `${wellKnown}${path}`])], url: `${origin}${wellKnown}${path}` };
}

/** @param scopes those that the tools offered need */
export function describeResource({ resource, issuer, scopePrefix }: ResourceServer, scopes: readonly string[]) {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: scopes.map((scope) => scopePrefix + scope),
    bearer_methods_supported: ["header"],
    resource_name: "OnSync",
  };
}

export type Challenge = {
  error?: "invalid_token" | "insufficient_scope";
  description?: string;
  scopes: readonly string[];
};

/** @returns a value of `WWW-Authenticate` */
export function formatChallenge(server: ResourceServer, { error, description, scopes }: Challenge): string {
  const parameters = {
    error,
    error_description: description,
    scope: scopes.map((scope) => server.scopePrefix + scope).join(" ") || undefined,
    resource_metadata: locateMetadata(server).url,
  };
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    // Quoted, so that nothing in it ends the parameter (RFC 9110, section 5.6.4).
    value === undefined ? [] : [`${name}="${value.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "'")}"`],
  );
  return `Bearer ${written.join(", ")}`;
}
