/**
 * DNS rebinding in a real browser: a page of evil.example, whose name then resolves to this machine, knows the key, the
 * tokens and the port, and asks as its own origin. It reads and writes nothing of any server here.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { type Started, startOnsync } from "../../../../testing/network/onsync-process.ts";
import { type Browser, launch, type Watched } from "./browser.ts";

const key = "onsync_pk_test_ci";
const mcpToken = "the-token-of-the-mcp-server";
const controlToken = "the-token-of-the-control-api";
const contact = { email: "rebound@evil.example" };

let browser: Browser;
let watched: Watched;
let server: Started;
beforeAll(async () => {
  browser = await launch(
    "--host-resolver-rules=MAP evil.example 127.0.0.1",
    "--disable-features=LocalNetworkAccessChecks",
  );
});
afterAll(() => browser.close());
afterEach(async () => {
  await watched.page.context().close();
  await server.stop();
});

type Ask = { path: string; bearer: string; body?: object };
type Answer = { status: number; text: string } | { blocked: true };

/** What a page asks, and what it may read of the answers. */
function askFromPage(asks: { origin: string; mode?: "no-cors" }, list: Ask[]): Promise<Answer[]> {
  return watched.page.evaluate(
    ([{ origin, mode }, all]) =>
      Promise.all(
        all.map(async ({ path, bearer, body }) => {
          try {
            const response = await fetch(origin + path, {
              method: body ? "POST" : "GET",
              ...(mode
                ? { mode, headers: { "Content-Type": "text/plain" } }
                : { headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" } }),
              ...(body && { body: JSON.stringify(body) }),
            });
            return { status: response.status, text: await response.text() };
          } catch {
            return { blocked: true as const };
          }
        }),
      ),
    [asks, list] as const,
  );
}

const listTools = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const ofApi: Ask[] = [
  { path: "/v1/me", bearer: key },
  { path: "/v1/contacts", bearer: key },
  { path: "/v1/contacts", bearer: key, body: contact },
  { path: "/v1/openapi.json", bearer: key },
  { path: "/", bearer: controlToken },
  { path: "/_control/clock", bearer: controlToken },
  { path: "/_control/reset", bearer: controlToken, body: {} },
  { path: "/_console/overview", bearer: controlToken },
  { path: "/_console/live", bearer: controlToken },
  { path: "/_console/files/app.js", bearer: controlToken },
];
const ofMcp: Ask[] = [{ path: "/mcp", bearer: mcpToken, body: listTools }];
const apiEnv = { ONSYNC_API_KEY: key, ONSYNC_BASE_URL: "http://127.0.0.1:9/v1" };

const servers: [string, string[], Record<string, string>, Ask[]][] = [
  ["reference", ["reference", "--control", "--key", key], { ONSYNC_CONTROL_TOKEN: controlToken }, ofApi],
  [
    "start",
    ["start"],
    { ONSYNC_CONTROL_TOKEN: controlToken, ONSYNC_MCP_TOKEN: mcpToken },
    [
      ...ofApi.map((ask) => (ask.bearer === key ? { ...ask, bearer: "onsync_pk_test_demo" } : ask)),
      ...ofMcp,
      { path: "/hooks", bearer: key, body: {} },
    ],
  ],
  ["mcp", ["mcp", "--http"], { ...apiEnv, ONSYNC_MCP_TOKEN: mcpToken }, ofMcp],
];

test.each(servers)("onsync %s tells a rebound page nothing and does nothing for it", async (_name, args, env, asks) => {
  server = await startOnsync(args, env);
  watched = await browser.open();
  const evil = `http://evil.example:${server.port}`;
  // The page came while the name led elsewhere; what it asks for now goes to this machine.
  await watched.page.route(`${evil}/page`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<title>Win a prize</title>" }),
  );
  await watched.page.goto(`${evil}/page`);
  const answers = await askFromPage({ origin: evil }, asks);
  // It came through to the server, which refused it: nothing else did.
  expect(answers).toEqual(asks.map(() => ({ status: 403, text: expect.not.stringMatching(/org_|contact_|onsync_/) })));

  const here = `http://127.0.0.1:${server.port}`;
  // A page that asks the server by its address is another origin: it may not read, and what it writes blindly is refused.
  const across = await askFromPage({ origin: here }, asks);
  expect(across).toEqual(asks.map(() => ({ blocked: true })));
  const blind = await askFromPage({ origin: here, mode: "no-cors" }, asks);
  expect(blind.map((answer) => ("text" in answer ? answer.text : ""))).toEqual(asks.map(() => ""));

  const api = asks.find(({ path }) => path === "/v1/contacts");
  if (api) {
    const found = await fetch(`${here}/v1/contacts?email=${encodeURIComponent(contact.email)}`, {
      headers: { Authorization: `Bearer ${api.bearer}` },
    });
    expect(((await found.json()) as { data: unknown[] }).data).toEqual([]);
  }
});

test("the same questions are answered to a page of this machine: it is the name that is refused", async () => {
  server = await startOnsync(["reference", "--control", "--key", key], { ONSYNC_CONTROL_TOKEN: controlToken });
  watched = await browser.open();
  const here = `http://127.0.0.1:${server.port}`;
  await watched.page.goto(`${here}/`);
  const answers = await askFromPage(
    { origin: here },
    ofApi.filter(({ path }) => !path.endsWith("/live")),
  );
  expect(answers.map((answer) => ("status" in answer ? answer.status : 0))).toEqual([
    200, 200, 201, 200, 200, 200, 200, 200, 200,
  ]);
});

test("a page opened by a link finds the console, and cannot read the token out of it", async () => {
  server = await startOnsync(["reference", "--control", "--key", key], { ONSYNC_CONTROL_TOKEN: controlToken });
  watched = await browser.open();
  const { page } = watched;
  const here = `http://127.0.0.1:${server.port}`;
  const evil = `http://evil.example:${server.port}`;
  await page.route(`${evil}/page`, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<iframe src="${here}/"></iframe><script src="${here}/"></script>`,
    }),
  );
  await page.goto(`${evil}/page`);
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    page.evaluate(`void (globalThis.opened = open(${JSON.stringify(`${here}/`)}))`),
  ]);
  // The console is there, and works: its page has the token.
  await popup.getByText("Live", { exact: true }).waitFor();
  const read = (expression: string): Promise<string> =>
    page.evaluate(`(() => { try { return String(${expression}); } catch (error) { return error.name; } })()`);
  const seen = [
    await read("globalThis.opened.document.documentElement.outerHTML"),
    await read("document.querySelector('iframe').contentDocument.documentElement.outerHTML"),
    await read("document.documentElement.outerHTML"),
  ];
  expect(seen.join()).not.toContain(controlToken);
  expect(seen.slice(0, 2)).toEqual([expect.stringMatching(/Error$/), expect.stringMatching(/Error$/)]);
});
