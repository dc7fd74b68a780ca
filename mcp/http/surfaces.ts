/** The surface that answers a request: the server's own, or that of the OnSync key which the request brings. */
import { createHmac } from "node:crypto";
import type { OnSync } from "../../src/client/index.ts";
import type { SafetySettings } from "../safety/settings.ts";
import { createSurface, type Surface, type SurfaceOptions } from "../surface/index.ts";
import { createErrorResponse } from "./error-response.ts";
import { createKeyedSurfaces, type SharedOptions } from "./keyed-surfaces.ts";
import type { SignedIn } from "./oauth/sign-in.ts";

export type SurfacesOptions = SharedOptions &
  Pick<SurfaceOptions, "createEventWebhooks"> & {
    /** The client of requests that bring no key of their own. */
    onsync?: OnSync;
    /** Makes the client for a key that a request brings in `X-OnSync-Api-Key`. Without it such requests are refused. */
    onsyncForKey?: (apiKey: string) => OnSync;
  };

/** The header that carries a request's own OnSync key. */
export const keyHeader = "X-OnSync-Api-Key";

/** @returns finds a request's surface, or the answer that says why it has none */
export function createSurfaces(
  options: SurfacesOptions,
): (request: Request, signedIn?: SignedIn) => Promise<Surface | Response> {
  const { onsync, onsyncForKey } = options;
  const ownSurface = onsync && createSurface({ ...options, onsync, safety: getSafety(options) });
  const findForKey = onsyncForKey && createKeyedSurfaces(options, onsyncForKey);

  return async ({ headers }, signedIn) => {
    const apiKey = headers.get(keyHeader);
    if (signedIn) {
      if (apiKey !== null)
        return createErrorResponse(400, `Who signs in has an OnSync key here already: leave ${keyHeader} out.`);
      // Checked when the server was made: with keys by sign-in there is onsyncForKey, without there is onsync.
      const surface = signedIn.apiKey === undefined ? ownSurface : await findForKey?.(signedIn.apiKey);
      // Signing in once more would not help: 401 would have the host try.
      if (surface instanceof Response && surface.status === 401)
        return createErrorResponse(403, "OnSync does not take the key that is kept for you here: ask the operator.");
      return surface as Surface | Response;
    }
    if (apiKey === null) {
      const message = `This server serves several orgs: send your OnSync API key in ${keyHeader}.`;
      return ownSurface ?? createErrorResponse(401, message);
    }
    // Never answered with another org's data because the key was overlooked.
    if (!findForKey)
      return createErrorResponse(400, `This server has an OnSync key of its own and takes no ${keyHeader} header.`);
    if (!/^[\x21-\x7e]{1,512}$/.test(apiKey))
      return createErrorResponse(400, `${keyHeader} must be one OnSync API key, without spaces.`);
    return findForKey(apiKey);
  };
}

/** Replicas share the bearer token, and by it what they seal. */
function getSafety({ safety, token }: SurfacesOptions): SafetySettings {
  const shared = safety?.secret ?? token;
  if (shared === undefined) return { ...safety };
  return { ...safety, secret: createHmac("sha256", shared).update("onsync-mcp ").digest("hex") };
}
