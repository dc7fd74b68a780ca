/** Signing in from beginning to end, with the official client and a real authorization server. */
import { expect, test } from "@jest/globals";
import {
  Client,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { clientId, followToClient, redirectUri } from "../../../../testing/authorization-server.ts";
import { onsyncPair } from "../../../../testing/onsync-pair.ts";
import { answerOf } from "../../session.ts";
import { openWorld } from "./world.ts";

/** What a host keeps of signing in, and where it sends its user. */
function createHost() {
  let tokens: StoredOAuthTokens | undefined;
  let verifier = "";
  let discovered: OAuthDiscoveryState | undefined;
  const sentTo: URL[] = [];
  const provider: OAuthClientProvider = {
    redirectUrl: redirectUri,
    clientMetadata: { redirect_uris: [redirectUri], token_endpoint_auth_method: "none" },
    clientInformation: () => ({ client_id: clientId }),
    tokens: () => tokens,
    saveTokens: (next) => {
      tokens = next;
    },
    redirectToAuthorization: (url) => void sentTo.push(url),
    saveCodeVerifier: (next) => {
      verifier = next;
    },
    codeVerifier: () => verifier,
    saveDiscoveryState: (next) => {
      discovered = next;
    },
    discoveryState: () => discovered,
  };
  return { provider, sentTo };
}

const modes = [["legacy"], ["auto"], [{ pin: "2026-07-28" }]] as const;

test.each(modes)(
  "a host discovers where to sign in, signs in with PKCE for this server, calls, and steps up for what writes: protocol %j",
  async (mode) => {
    const createClient = () => new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
    await using world = await openWorld();
    const host = createHost();
    const connectTo = () =>
      new StreamableHTTPClientTransport(new URL(world.resource), {
        authProvider: host.provider,
        // What goes to the server is answered in process; what goes to the authorization server by itself.
        fetch: async (url, init) =>
          String(url).startsWith("http://127.0.0.1:4020") ? world.http.fetch(new Request(url, init)) : fetch(url, init),
      });
    const signIn = async (transport: StreamableHTTPClientTransport, url: URL | undefined) => {
      const given = await followToClient(url as URL);
      await transport.finishAuth(given.searchParams);
    };

    const first = connectTo();
    await expect(createClient().connect(first)).rejects.toThrow(UnauthorizedError);
    const [asked] = host.sentTo;
    expect(Object.fromEntries((asked as URL).searchParams)).toMatchObject({
      resource: world.resource,
      scope: expect.stringMatching(/^(?=.*read:contacts)(?=.*read:messages)(?!.*write:)/),
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    await signIn(first, asked);

    const client = createClient();
    const transport = connectTo();
    await client.connect(transport);
    const account = await client.callTool({ name: "get_account", arguments: {} });
    expect(answerOf(account as never).text).toContain("Org default");

    const save = { name: "save_contact", arguments: { phone: "+971500000001" } };
    await expect(client.callTool(save)).rejects.toThrow(UnauthorizedError);
    expect(host.sentTo[1]?.searchParams.get("scope")?.split(" ")).toEqual(
      expect.arrayContaining(["read:contacts", "read:messages", "write:contacts"]),
    );
    await signIn(transport, host.sentTo[1]);
    expect(answerOf((await client.callTool(save)) as never).data.created).toBe(true);
    await client.close();
  },
);

test("a kept key that OnSync does not take is answered 403, so that no host signs in again and again", async () => {
  await using world = await openWorld({ findKey: () => "onsync_pk_test_revoked" });
  const { status, text } = await world.ask(await world.authorization.sign(world.claims()));
  expect([status, text]).toEqual([403, expect.stringContaining("ask the operator")]);
});

test("without keys by sign-in everybody who signs in uses the server's own", async () => {
  await using pair = await onsyncPair();
  await using world = await openWorld({ findKey: undefined }, { onsync: pair.onsync });
  const token = await world.authorization.sign(world.claims({ sub: "anybody" }));
  const { text } = await world.ask(token, "tools/call", { name: "get_account", arguments: {} });
  expect(text).toContain("Org default");
});

test("each of two who sign in gets the org of their own key, and a third who has none gets nothing, and is named in the log", async () => {
  await using world = await openWorld();
  for (const [account, org] of [
    ["sara", "Org default"],
    ["omar", "Org Other"],
  ] as const) {
    const token = await world.authorization.sign(world.claims({ sub: account }));
    const { text } = await world.ask(token, "tools/call", { name: "get_account", arguments: {} });
    expect(text).toContain(org);
  }
  const stranger = await world.ask(await world.authorization.sign(world.claims({ sub: "mallory" })));
  expect(stranger.status).toBe(403);
  expect(stranger.text).toContain("no OnSync key for you");
  const who = { iss: world.authorization.issuer, sub: "mallory" };
  expect(world.lines).toContainEqual(["warn", "no OnSync key for who signed in", who]);
});
