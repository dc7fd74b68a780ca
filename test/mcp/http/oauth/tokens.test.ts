/** Tokens that are no leave to call, made with the authorization server's own key where that makes the lie a good one. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { exportSPKI, SignJWT, UnsecuredJWT } from "jose";
import { startAuthorizationServer } from "../../../../testing/authorization-server.ts";
import { chooseRuns } from "../../../../testing/jest/runs.ts";
import { bearer, post, token as staticToken } from "../requests.ts";
import { openWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof openWorld>>;

const account = ["tools/call", { name: "get_account", arguments: {} }] as const;

test("a good token is taken, by the scope or scp claim, for one audience of several, as at+jwt or JWT", async () => {
  await using world = await openWorld();
  for (const [claims, header] of [
    [{}, {}],
    [{ aud: ["https://other.example/", world.resource] }, { typ: "at+jwt" }],
    [{ scope: undefined, scp: ["read:contacts"] }, { typ: "JWT" }],
  ] as const) {
    const token = await world.authorization.sign(world.claims(claims), header);
    expect((await world.ask(token, ...account)).text).toContain("Org default");
  }
});

/** Every forged or stale token, and what the answer says of it. */
const refused: [what: string, make: (world: World) => Promise<string> | string, why: string][] = [
  [
    "of another issuer, in the issuer's name alone",
    (world) => world.authorization.sign(world.claims({ iss: "https://evil.example" })),
    "iss",
  ],
  [
    "for another server",
    (world) => world.authorization.sign(world.claims({ aud: "https://other.example/mcp" })),
    "aud",
  ],
  [
    "for a server whose address begins like this one's",
    (world) => world.authorization.sign(world.claims({ aud: `${world.resource}/more` })),
    "aud",
  ],
  ["for nobody in particular", (world) => world.authorization.sign(world.claims({ aud: undefined })), "no aud"],
  [
    "that has expired",
    (world) => world.authorization.sign(world.claims({ exp: Math.floor(Date.now() / 1000) - 31 })),
    "expired",
  ],
  ["that never expires", (world) => world.authorization.sign(world.claims({ exp: undefined })), "no exp"],
  [
    "that is not valid yet",
    (world) => world.authorization.sign(world.claims({ nbf: Math.floor(Date.now() / 1000) + 60 })),
    "not valid yet",
  ],
  ["of nobody", (world) => world.authorization.sign(world.claims({ sub: undefined })), "no sub"],
  [
    "that is meant to end a session",
    (world) => world.authorization.sign(world.claims(), { typ: "logout+jwt" }),
    "no access token",
  ],
  ["without a signature (alg none)", (world) => new UnsecuredJWT(world.claims()).encode(), "algorithm"],
  [
    "signed with the public key as if it were a secret (HS256)",
    async (world) => {
      const secret = new TextEncoder().encode(await exportSPKI(world.authorization.publicKey()));
      return new SignJWT(world.claims()).setProtectedHeader({ alg: "HS256", kid: "first" }).sign(secret);
    },
    "algorithm",
  ],
  [
    "that was changed after it was signed",
    async (world) => {
      const [header, , signature] = (await world.authorization.sign(world.claims())).split(".");
      const payload = Buffer.from(JSON.stringify(world.claims({ sub: "omar" }))).toString("base64url");
      return [header, payload, signature].join(".");
    },
    "signature",
  ],
  [
    "that names the key to check it with itself",
    async (world) => {
      await using evil = await startAuthorizationServer();
      return evil.sign(world.claims(), { jku: `${evil.issuer}/jwks`, kid: "evil" });
    },
    "no such key",
  ],
  ["that is none", () => "made-up", "no JWT"],
];

test.each(refused)("a token %s is answered 401, and why", async (_what, make, why) => {
  await using world = await openWorld();
  const token = await make(world);
  const { status, challenge, text } = await world.ask(token, ...account);
  expect(status).toBe(401);
  expect(challenge).toContain('error="invalid_token"');
  expect(challenge).toMatch(new RegExp(`error_description="[^"]*${why}`));
  expect(text).not.toContain("Org");
  expect(text + JSON.stringify(world.lines)).not.toContain(token);
});

test("a good token of which any one bit is another is answered 401", async () => {
  await using world = await openWorld();
  const parts = (await world.authorization.sign(world.claims()))
    .split(".")
    .map((part) => Buffer.from(part, "base64url"));
  expect((await world.ask(parts.map((part) => part.toString("base64url")).join("."))).status).toBe(200);
  await fc.assert(
    fc.asyncProperty(fc.nat(2), fc.nat(), fc.nat(7), async (which, at, bit) => {
      const changed = parts.map((part) => Buffer.from(part));
      const part = changed[which] as Buffer;
      part[at % part.length] = (part[at % part.length] as number) ^ (1 << bit);
      expect((await world.ask(changed.map((each) => each.toString("base64url")).join("."))).status).toBe(401);
    }),
    { numRuns: chooseRuns(100) },
  );
});

test("clocks may differ by half a minute", async () => {
  await using world = await openWorld();
  const now = Math.floor(Date.now() / 1000);
  const token = await world.authorization.sign(world.claims({ exp: now - 20, nbf: now + 20 }));
  expect((await world.ask(token)).status).toBe(200);
});

test("without a token, and with a key of OnSync's in its place, a client is told where to sign in", async () => {
  await using world = await openWorld();
  for (const token of [null, "onsync_pk_test_key"]) {
    const { status, challenge } = await world.ask(token);
    expect(status).toBe(401);
    expect(challenge).toContain('resource_metadata="http://127.0.0.1:4020/.well-known/oauth-protected-resource/mcp"');
    expect(challenge).toContain('scope="read:contacts read:messages"');
  }
});

test("the server's own token is taken beside, for the server's own key", async () => {
  await using world = await openWorld({}, { token: staticToken });
  const statusOf = async (headers: Record<string, string>) => (await world.http.fetch(post(headers))).status;
  // Nothing but keys by sign-in here: the header is what says whose.
  expect(await statusOf(bearer)).toBe(401);
  expect(await statusOf({ ...bearer, "x-onsync-api-key": "onsync_pk_test_made_up" })).toBe(401);
  const signedIn = await world.authorization.sign(world.claims());
  expect(await statusOf({ authorization: `Bearer ${signedIn}` })).toBe(200);
  expect(await statusOf({ authorization: `Bearer ${signedIn}`, "x-onsync-api-key": "onsync_pk_test_x" })).toBe(400);
});

describe("the authorization server's keys", () => {
  test("are read once an hour, and again where a token names one that is new", async () => {
    await using world = await openWorld();
    const before = await world.authorization.sign(world.claims());
    for (let call = 0; call < 5; call++) expect((await world.ask(before)).status).toBe(200);
    const reads = () => world.authorization.asked.filter((path) => path === "/jwks").length;
    expect(reads()).toBe(1);
    world.advance(10_000);
    await world.authorization.rotateKeys("second");
    expect((await world.ask(await world.authorization.sign(world.claims()))).status).toBe(200);
    expect(reads()).toBe(2);
    // The key before is withdrawn.
    expect((await world.ask(before)).status).toBe(401);
    world.advance(60 * 60_000);
    expect((await world.ask(await world.authorization.sign(world.claims()))).status).toBe(200);
    expect(reads()).toBe(3);
  });

  test("are read no more than once in ten seconds, whatever keys tokens name, and such tokens are answered 401", async () => {
    await using world = await openWorld();
    expect((await world.ask(await world.authorization.sign(world.claims()))).status).toBe(200);
    world.advance(10_000);
    const { length: before } = world.authorization.asked;
    const flood = await Promise.all(
      Array.from({ length: 200 }, async (_, index) =>
        world.ask(await world.authorization.sign(world.claims(), { kid: `made up ${index}` })),
      ),
    );
    expect(new Set(flood.map(({ status }) => status))).toEqual(new Set([401]));
    expect(world.authorization.asked.length - before).toBe(1);
    expect((await world.ask(await world.authorization.sign(world.claims()))).status).toBe(200);
  });

  test("that cannot be read again make an unknown one no less unknown, and known ones good", async () => {
    await using world = await openWorld();
    const good = await world.authorization.sign(world.claims());
    expect((await world.ask(good)).status).toBe(200);
    world.authorization.breakDown(503);
    for (const ms of [10_000, 2 * 60 * 60_000]) {
      world.advance(ms);
      const unknown = await world.authorization.sign(world.claims(), { kid: "unknown" });
      expect((await world.ask(unknown)).status).toBe(401);
      expect((await world.ask(await world.authorization.sign(world.claims()))).status).toBe(200);
    }
  });

  test("that could never be read are answered 503, asked for no more than once in ten seconds, and the log says where", async () => {
    await using world = await openWorld();
    world.authorization.breakDown(503);
    const token = await world.authorization.sign(world.claims());
    for (let call = 0; call < 5; call++) expect((await world.ask(token)).status).toBe(503);
    expect(world.authorization.asked).toHaveLength(1);
    const err = expect.objectContaining({ message: expect.stringContaining(world.authorization.issuer) });
    expect(world.lines).toContainEqual(["error", "authorization server cannot be asked", { err }]);
    await world.authorization.recover();
    world.advance(10_000);
    expect((await world.ask(token)).status).toBe(200);
  });

  test("of an authorization server that says it is another are not believed", async () => {
    await using elsewhere = await startAuthorizationServer();
    await using world = await openWorld({ issuer: `${elsewhere.issuer}/` });
    const token = await elsewhere.sign(world.claims({ iss: `${elsewhere.issuer}/` }));
    expect((await world.ask(token)).status).toBe(503);
  });
});
