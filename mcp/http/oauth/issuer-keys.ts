/**
 * The keys of the authorization server: found by its metadata (RFC 8414, or OpenID Connect's), kept, and read again where a
 * token names one that is not among them, since servers change their keys. Whoever makes up names of keys causes no more
 * than one look in ten seconds.
 */
import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters } from "jose";
import type { Transport } from "../../../src/client/index.ts";
import { fetchDocument, IssuerUnavailableError, type JsonDocument } from "./fetch-document.ts";
import { isTrustworthy } from "./options.ts";

/** How long keys are kept before they are read again, and how soon they may be read again, in milliseconds. */
const maxAgeMs = 60 * 60_000;
const minIntervalMs = 10_000;

/** Where an issuer's metadata may be, in the order in which it is looked for. */
export function listMetadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    ...(path === "" ? [] : [`${origin}${path}/.well-known/openid-configuration`]),
  ];
}

/** @throws IssuerUnavailableError */
async function findKeysUrl(transport: Transport, issuer: string): Promise<string> {
  for (const url of listMetadataUrls(issuer)) {
    const metadata = await fetchDocument(transport, url);
    if (!metadata) continue;
    // Metadata of somebody else, at an address of theirs, is not believed (RFC 8414, section 3.3).
    if (metadata.issuer !== issuer)
      throw new IssuerUnavailableError(
        `${url} is the metadata of ${JSON.stringify(metadata.issuer)}, not of ${issuer}`,
      );
    const { jwks_uri: keysUrl } = metadata;
    if (typeof keysUrl === "string" && isTrustworthy(keysUrl)) return keysUrl;
    throw new IssuerUnavailableError(`${url} names no jwks_uri with https`);
  }
  throw new IssuerUnavailableError(`${issuer} has no metadata at ${listMetadataUrls(issuer).join(" or ")}`);
}

type FindKey = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** @returns finds the key of a token, as `jose` asks for it @throws IssuerUnavailableError */
export function createIssuerKeys(transport: Transport, issuer: string, now: () => number): FindKey {
  let keysUrl: string | undefined;
  let keys: { find: FindKey; readAt: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const { createLocalJWKSet } = await import("jose");
    keysUrl ??= await findKeysUrl(transport, issuer);
    const document: JsonDocument | undefined = await fetchDocument(transport, keysUrl);
    if (!document) {
      // It may have moved.
      keysUrl = undefined;
      throw new IssuerUnavailableError(`${issuer} has no keys where its metadata says`);
    }
    keys = { find: createLocalJWKSet(document as never), readAt: now() };
  };

  /** @returns whether it was read: not where that was tried a moment ago */
  const readAgain = async (): Promise<boolean> => {
    if (!reading) {
      if (now() - triedAt < minIntervalMs) return false;
      triedAt = now();
      reading = read().finally(() => {
        reading = undefined;
      });
    }
    await reading;
    return true;
  };

  return async (header, token) => {
    // Keys that are old are good enough where newer ones cannot be had.
    if (!keys || now() - keys.readAt >= maxAgeMs)
      await readAgain().catch((error) => keys === undefined && raise(error));
    if (!keys) throw new IssuerUnavailableError(`the keys of ${issuer} could not be read a moment ago`);
    try {
      return await keys.find(header, token);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ERR_JWKS_NO_MATCHING_KEY") throw error;
      // An unknown key proves nothing, whether or not the keys can be read just now.
      if (!(await readAgain().catch(() => false))) throw error;
      return keys.find(header, token);
    }
  };
}

function raise(error: unknown): never {
  throw error;
}
