/** `ONSYNC_OAUTH_…`: what is read, what is refused, and the command as a whole. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { findKey, type KeyRule, readOAuth } from "../../../cli/mcp/oauth.ts";
import { createReference } from "../../../reference/index.ts";
import { startAuthorizationServer } from "../../../testing/authorization-server.ts";
import { onsync } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-oauth-"));
afterAll(() => rmSync(folder, { recursive: true }));

const issuer = "https://login.example.com/";
const audience = "https://mcp.example.com/mcp";
const env = { ONSYNC_OAUTH_ISSUER: issuer, ONSYNC_OAUTH_AUDIENCE: audience };
const rules: KeyRule[] = [
  { match: { sub: "auth0|1" }, key: "onsync_pk_test_one" },
  { match: { org_id: "acme", role: "agent" }, key: "onsync_pk_test_two" },
];

function write(name: string, content: unknown, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content), { mode });
  return file;
}

test("without an issuer nobody signs in", () => {
  expect(readOAuth({})).toBeUndefined();
});

test("the variables are read, several audiences and scopes by commas", () => {
  const more = {
    ONSYNC_OAUTH_AUDIENCE: `api://onsync, ${audience}`,
    ONSYNC_OAUTH_GRANTED_SCOPES: "read:contacts read:messages",
    ONSYNC_OAUTH_SCOPE_PREFIX: "api://onsync/",
    ONSYNC_OAUTH_KEYS_FILE: write("keys.json", rules),
  };
  expect(readOAuth({ ...env, ...more })).toEqual({
    issuer,
    audience: ["api://onsync", audience],
    grantedScopes: ["read:contacts", "read:messages"],
    scopePrefix: "api://onsync/",
    rules,
  });
  expect(readOAuth({ ...env, ONSYNC_OAUTH_KEYS: JSON.stringify(rules) })?.rules).toEqual(rules);
  expect(readOAuth(env)?.rules).toBeUndefined();
});

test("the key is that of the first rule whose claims the token has, all of them, as they are written", () => {
  const claims = { iss: issuer, sub: "someone" };
  expect(findKey(rules, { ...claims, sub: "auth0|1" })).toBe("onsync_pk_test_one");
  expect(findKey(rules, { ...claims, org_id: "acme", role: ["owner", "agent"] })).toBe("onsync_pk_test_two");
  for (const other of [{ org_id: "acme" }, { org_id: "ACME", role: "agent" }, { sub: "auth0|11" }, { sub: "AUTH0|1" }])
    expect(findKey(rules, { ...claims, ...other })).toBeUndefined();
  expect(findKey([{ match: { constructor: "x" }, key: "k" }], claims)).toBeUndefined();
});

describe("is refused before anything starts, with exit code 2", () => {
  const secret = "onsync_pk_live_in_the_file";
  const wrong: [what: string, more: () => Record<string, string>, named: string | RegExp][] = [
    ["an audience without an issuer", () => ({ ONSYNC_OAUTH_ISSUER: "" }), "ONSYNC_OAUTH_ISSUER is not set"],
    ["an issuer without an audience", () => ({ ONSYNC_OAUTH_AUDIENCE: "" }), "ONSYNC_OAUTH_AUDIENCE is not set"],
    [
      "an issuer without https",
      () => ({ ONSYNC_OAUTH_ISSUER: "http://login.example.com" }),
      "ONSYNC_OAUTH_ISSUER must",
    ],
    ["an audience that is no address", () => ({ ONSYNC_OAUTH_AUDIENCE: "api://onsync" }), "ONSYNC_OAUTH_AUDIENCE must"],
    [
      "a keys file that is not there",
      () => ({ ONSYNC_OAUTH_KEYS_FILE: join(folder, "none") }),
      "cannot be read (ENOENT)",
    ],
    [
      "a keys file that others can read",
      () => ({ ONSYNC_OAUTH_KEYS_FILE: write("open.json", rules, 0o644) }),
      "chmod 600",
    ],
    [
      "keys in two places",
      () => ({ ONSYNC_OAUTH_KEYS: "[]", ONSYNC_OAUTH_KEYS_FILE: write("two.json", rules) }),
      "both set",
    ],
    ["keys that are no JSON", () => ({ ONSYNC_OAUTH_KEYS: `${secret},` }), "is no JSON"],
    ["no keys", () => ({ ONSYNC_OAUTH_KEYS: "[]" }), "must be a list"],
    [
      "a rule that everybody matches",
      () => ({ ONSYNC_OAUTH_KEYS: JSON.stringify([{ match: {}, key: secret }]) }),
      "entry 1: match",
    ],
    [
      "a claim that is no text",
      () => ({ ONSYNC_OAUTH_KEYS: JSON.stringify([{ match: { sub: 1 }, key: secret }]) }),
      "texts",
    ],
    [
      "a key with a space",
      () => ({ ONSYNC_OAUTH_KEYS: JSON.stringify([{ match: { sub: "a" }, key: `${secret} x` }]) }),
      "key must",
    ],
    [
      "a word that is not known",
      () => ({ ONSYNC_OAUTH_KEYS: JSON.stringify([...rules, { match: { sub: "a" }, key: secret, org: "x" }]) }),
      /entry 2|entry 3: it has no "org"/,
    ],
  ];
  test.each(wrong)("%s", async (_what, more, named) => {
    const { code, stderr } = await onsync(["mcp", "--http", "--port", "0"], {
      env: { ...env, ONSYNC_API_KEY: "k", ...more() },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(named);
    expect(stderr).not.toContain(secret);
  });
});

describe("onsync mcp --http with an authorization server", () => {
  let stop: () => Promise<void>;
  let url: string;
  let tokenOf: (sub: string) => Promise<string>;
  const port = "0";

  beforeAll(async () => {
    const authorization = await startAuthorizationServer();
    const reference = createReference({ keys: ["onsync_pk_test_sara"] });
    const api = await reference.listen(0);
    const child = spawn(
      process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        join(import.meta.dirname, "../../../cli/onsync.ts"),
        "mcp",
        "--http",
        "--port",
        port,
        "--json",
      ],
      {
        env: {
          ONSYNC_BASE_URL: api.url,
          ONSYNC_OAUTH_ISSUER: authorization.issuer,
          ONSYNC_OAUTH_AUDIENCE: audience,
          ONSYNC_OAUTH_KEYS_FILE: write("process.json", [{ match: { sub: "sara" }, key: "onsync_pk_test_sara" }]),
          ONSYNC_LOG_LEVEL: "silent",
        },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    ({ url } = JSON.parse(line));
    const seconds = Math.floor(Date.now() / 1000);
    tokenOf = (sub) =>
      authorization.sign({ iss: authorization.issuer, aud: audience, sub, exp: seconds + 600, scope: "read:contacts" });
    stop = async () => {
      child.kill("SIGTERM");
      await once(child, "close");
      await authorization[Symbol.asyncDispose]();
      await reference.close();
    };
  });
  afterAll(() => stop());

  async function call(authorization?: string) {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(authorization && { authorization: `Bearer ${authorization}` }),
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "get_account", arguments: {} },
      }),
    });
    return { status: response.status, text: await response.text() };
  }

  test("needs no key of its own, calls with that of who signed in, and lets nobody else in", async () => {
    expect((await call(await tokenOf("sara"))).text).toContain("onsync_pk_test_s");
    expect((await call(await tokenOf("omar"))).status).toBe(403);
    expect((await call()).status).toBe(401);
  });

  test("loads what checks tokens with the first of them, and never without an authorization server", async () => {
    const spy = `import { registerHooks } from "node:module";
      registerHooks({ resolve: (specifier, context, next) => { if (specifier === "jose") process.stderr.write("jose\\n"); return next(specifier, context); } });`;
    const script = join(import.meta.dirname, "../../../cli/onsync.ts");
    const flags = [
      "--disable-warning=ExperimentalWarning",
      "--import",
      `data:text/javascript,${encodeURIComponent(spy)}`,
    ];
    const starts = [{}, { ONSYNC_OAUTH_ISSUER: issuer, ONSYNC_OAUTH_AUDIENCE: audience }];
    for (const more of starts) {
      const child = spawn(process.execPath, [...flags, script, "mcp", "--http", "--port", "0", "--json"], {
        env: { ONSYNC_API_KEY: "k", ONSYNC_LOG_LEVEL: "silent", ...more },
      });
      let told = "";
      child.stderr.on("data", (data) => {
        told += data;
      });
      const [line] = (await once(createInterface(child.stdout), "line")) as [string];
      await fetch(JSON.parse(line).url, { method: "POST", body: "{}" });
      child.kill("SIGTERM");
      await once(child, "close");
      expect(told).toBe("");
    }
  });

  test("tells clients where to sign in", async () => {
    const response = await fetch(new URL("/.well-known/oauth-protected-resource/mcp", url));
    expect(await response.json()).toMatchObject({ resource: audience });
  });
});
