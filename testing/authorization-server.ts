/**
 * A real authorization server (oidc-provider) on the loopback: discovery, PKCE, resource indicators, JWTs for the resource
 * asked for. Whoever comes is signed in as the account of the moment and consents. Its keys can be changed while it runs,
 * and a test can sign with them what the server itself would never sign.
 */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
// @ts-expect-error it has no types of its own
import OidcProvider from "oidc-provider";

export const redirectUri = "http://127.0.0.1:4999/callback";
export const clientId = "an-assistant";
const scopes = "read:contacts write:contacts read:messages write:messages";

type Key = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey };

async function makeKey(kid: string): Promise<Key> {
  return { kid, ...(await generateKeyPair("RS256", { extractable: true })) };
}

type Provider = {
  callback(): RequestListener;
  on(event: string, listener: (...args: never[]) => void): void;
  interactionFinished(request: unknown, response: unknown, result: object): Promise<void>;
  Grant: new (
    fields: object,
  ) => {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  };
};

async function createProvider(issuer: string, key: Key): Promise<Provider> {
  // It warns that what it keeps in memory will be lost, which is what a test wants.
  const { warn } = console;
  console.warn = () => {};
  const provider: Provider = new OidcProvider(issuer, {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: "none",
        application_type: "native",
        grant_types: ["authorization_code", "refresh_token"],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(key.privateKey)), kid: key.kid, alg: "RS256", use: "sig" }] },
    cookies: { keys: ["a made-up cookie key"] },
    scopes: ["openid", "offline_access"],
    pkce: { required: () => true },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    ttl: { AccessToken: 600, Session: 600, Grant: 600, Interaction: 600 },
    async loadExistingGrant(context: {
      oidc: {
        client: { clientId: string };
        session: { accountId: string };
        params: { scope?: string; resource?: string };
      };
    }) {
      const { client, session, params } = context.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid offline_access");
      if (params.resource) grant.addResourceScope(params.resource, params.scope ?? "");
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: scopes,
          audience: resource,
          accessTokenTTL: 600,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  });
  console.warn = warn;
  provider.on("server_error", (_context: never, error: never) => {
    throw error;
  });
  return provider;
}

export async function startAuthorizationServer() {
  const asked: string[] = [];
  let accountId = "sara";
  let key = await makeKey("first");
  let provider: Provider | undefined;
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => {
    asked.push(String(request.url).split("?")[0] as string);
    if (request.url?.startsWith("/interaction/"))
      return void provider?.interactionFinished(request, response, { login: { accountId }, consent: {} });
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const use = async (next: Key) => {
    key = next;
    provider = await createProvider(issuer, key);
    answer = provider.callback();
  };
  await use(key);

  return {
    issuer,
    asked,
    signInAs: (account: string) => {
      accountId = account;
    },
    /** From now on it signs with another key, and has forgotten the one before. */
    rotateKeys: async (kid: string) => use(await makeKey(kid)),
    /** It answers everything so. */
    breakDown: (status: number) => {
      answer = (_request, response) => void response.writeHead(status).end();
    },
    recover: () => use(key),
    publicKey: () => key.publicKey,
    /** What its key can sign, claims and header as they are given. */
    sign: (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: key.kid, ...header }).sign(key.privateKey),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** A browser: follows redirects with cookies until one leads to the client. @returns the address that the client is given */
export async function followToClient(url: string | URL): Promise<URL> {
  const cookies = new Map<string, string>();
  let next = new URL(url);
  for (let step = 0; step < 10; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(next, { redirect: "manual", headers: { cookie } });
    for (const each of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (each.split(";")[0] as string).split("=");
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null)
      throw new Error(`${next.pathname} was answered ${response.status}: ${await response.text()}`);
    next = new URL(location, next);
    if (next.href.startsWith(redirectUri)) return next;
  }
  throw new Error("too many redirects");
}
