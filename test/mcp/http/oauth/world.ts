/** A server for two orgs on the loopback, whose users sign in at a real authorization server. */
import { createMcpHttp, type McpHttpOptions, type OAuthOptions } from "../../../../mcp/index.ts";
import { createReference } from "../../../../reference/index.ts";
import { createOnSync } from "../../../../src/client/index.ts";
import { fetchTransport } from "../../../../src/client/transport/fetch.ts";
import { startAuthorizationServer } from "../../../../testing/authorization-server.ts";
import { post } from "../requests.ts";

/** Sara's key is the org's own, Omar's that of another org, and nobody else has one. */
export async function openWorld(
  oauth: { [Name in keyof OAuthOptions]?: OAuthOptions[Name] | undefined } = {},
  options: Partial<McpHttpOptions> = {},
) {
  const authorization = await startAuthorizationServer();
  const reference = createReference();
  const { id } = await reference.control.createOrg({ name: "Other" });
  const { key: omar } = await reference.control.createKey({ orgId: id });
  const keys: Record<string, string> = { sara: reference.key, omar };
  const lines: unknown[] = [];
  let shiftMs = 0;
  // A port of its own: the address of the resource must be known before it listens.
  const resource = "http://127.0.0.1:4020/mcp";
  const http = createMcpHttp({
    onsyncForKey: (apiKey) =>
      createOnSync({
        apiKey,
        baseUrl: "http://127.0.0.1/v1",
        transport: fetchTransport((request) => reference.fetch(request)),
      }),
    oauth: {
      issuer: authorization.issuer,
      audience: resource,
      findKey: ({ sub }) => keys[sub],
      ...oauth,
    } as OAuthOptions,
    now: () => Date.now() + shiftMs,
    log: (...line) => lines.push(line),
    ...options,
  });
  const seconds = () => Math.floor((Date.now() + shiftMs) / 1000);
  return {
    authorization,
    resource,
    http,
    lines,
    advance: (ms: number) => {
      shiftMs += ms;
    },
    /** The claims of a good token. */
    claims: (more: Record<string, unknown> = {}) => ({
      iss: authorization.issuer,
      sub: "sara",
      aud: resource,
      iat: seconds(),
      exp: seconds() + 600,
      scope: "read:contacts read:messages",
      ...more,
    }),
    ask: createCaller(http),
    async [Symbol.asyncDispose]() {
      await authorization[Symbol.asyncDispose]();
      await reference.close();
    },
  };
}

/** @returns asks the server with a token, or without one */
function createCaller(http: ReturnType<typeof createMcpHttp>) {
  return async (token: string | null, method = "tools/list", params: Record<string, unknown> = {}) => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await http.fetch(post(headers, { jsonrpc: "2.0", id: 1, method, params }));
    return {
      status: response.status,
      challenge: response.headers.get("www-authenticate") ?? "",
      text: await response.text(),
    };
  };
}
