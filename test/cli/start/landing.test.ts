import { describe, expect, test } from "@jest/globals";
import { renderLandingPage } from "../../../cli/start/landing.ts";
import { createMcpSnippets, formatReadyText, type Site } from "../../../cli/start/site.ts";

const origin = "http://127.0.0.1:4000";
const key = "onsync_pk_test_demo";
const controlToken = "the-control-token-of-this-run";
const embedded: Site = {
  origin,
  api: { embedded: true, url: `${origin}/v1`, key, controlToken, data: null },
  isReachable: false,
  mcpToken: false,
  hooks: true,
  command: ["/usr/bin/node", "/srv/onsync automation/cli/onsync.ts"],
};
const real: Site = {
  ...embedded,
  api: { embedded: false, url: "https://api.onsync.com/v1" },
  hooks: false,
};

function visible(page: string) {
  return page.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

describe("the landing page", () => {
  const page = renderLandingPage(embedded);

  test("says what is where, and the key", () => {
    for (const text of [`${origin}/v1`, `${origin}/mcp`, `${origin}/hooks`, `${origin}/_control`, key]) {
      expect(page).toContain(`<code>${text}</code>`);
    }
    expect(page).toContain('href="/v1/openapi.json"');
  });

  test("has the documentation's requests, with the base URL and the key, ready to run", () => {
    const text = visible(page);
    expect(text).toContain(`curl -X POST ${origin}/v1/contacts \\\n  -H "Authorization: Bearer ${key}"`);
    expect(text).toContain('"firstName": "Sara"');
    expect(text).toContain(`curl -X POST ${origin}/v1/messaging/send`);
    expect(text).toContain('"messageType": "text"');
    expect(text).toContain(
      `curl -X POST ${origin}/_control/inbound \\\n  -H "Authorization: Bearer $ONSYNC_CONTROL_TOKEN"`,
    );
    expect(text).not.toContain(controlToken);
  });

  test("tells those who reach it from elsewhere no key, no token and no path of the machine", () => {
    const data = "/srv/data/onsync.db";
    for (const api of [{ ...embedded.api, embedded: true, key, controlToken, data } as const, real.api]) {
      const opened: Site = { ...embedded, api, isReachable: true };
      const seen = visible(renderLandingPage(opened));
      for (const secret of [key, controlToken, "/srv/", "/usr/bin", process.cwd()]) expect(seen).not.toContain(secret);
    }
  });

  test("does not promise an open window where the data may be days old", () => {
    const kept = renderLandingPage({
      ...embedded,
      api: { embedded: true, url: `${origin}/v1`, key, controlToken, data: "/tmp/onsync.db" },
    });
    expect(page).toContain("Sara's window is open");
    expect(kept).not.toContain("window is open");
    expect(kept).toContain("<code>/tmp/onsync.db</code>");
  });

  test("loads nothing from anywhere and runs nothing", () => {
    expect(page).not.toMatch(/<script|<link(?![^>]*href="data:,")|<img|@import|url\(|https:\/\//);
  });

  test("is made for a phone and for the dark", () => {
    expect(page).toContain('name="viewport" content="width=device-width, initial-scale=1"');
    expect(page).toContain("prefers-color-scheme: dark");
  });

  test("has every snippet", () => {
    const text = visible(page);
    for (const snippet of createMcpSnippets(embedded)) expect(text).toContain(snippet.text);
  });

  test("what comes from outside cannot become markup", () => {
    const data = '/tmp/<b onclick="x">&.db';
    const escaped = renderLandingPage({
      ...embedded,
      api: { ...embedded.api, embedded: true, key, controlToken, data },
    });
    expect(escaped).not.toContain("<b onclick");
    expect(escaped).toContain("&lt;b onclick=&quot;x&quot;&gt;&amp;.db");
  });

  test("of the real API shows its address, no key, and nothing that stands in for it", () => {
    const text = visible(renderLandingPage(real));
    expect(text).toContain("<code>https://api.onsync.com/v1</code>");
    expect(text).toContain("really reaches customers");
    expect(text).toContain("ONSYNC_WEBHOOK_SECRETS");
    expect(text).not.toMatch(/_control|made-up|onsync_pk|\/v1\/openapi|curl/);
  });
});

describe("the snippets for MCP clients", () => {
  const snippet = (site: Site, client: string) =>
    createMcpSnippets(site).find((each) => each.client === client)?.text ?? "";

  test("are JSON where they are files", () => {
    expect(JSON.parse(snippet(embedded, "Claude Desktop"))).toEqual({
      mcpServers: {
        onsync: {
          command: "/usr/bin/node",
          args: ["/srv/onsync automation/cli/onsync.ts", "mcp"],
          env: { ONSYNC_BASE_URL: `${origin}/v1`, ONSYNC_API_KEY: key },
        },
      },
    });
    expect(JSON.parse(snippet(embedded, "VS Code"))).toEqual({
      servers: { onsync: { type: "http", url: `${origin}/mcp` } },
    });
    expect(JSON.parse(snippet(embedded, "Cursor"))).toEqual({ mcpServers: { onsync: { url: `${origin}/mcp` } } });
    expect(snippet(embedded, "Claude Code")).toBe(`claude mcp add --transport http onsync ${origin}/mcp`);
  });

  test("name the token where one is needed, never hold it", () => {
    const site = { ...embedded, mcpToken: true };
    expect(snippet(site, "Claude Code")).toContain('--header "Authorization: Bearer $ONSYNC_MCP_TOKEN"');
    expect(JSON.parse(snippet(site, "VS Code"))).toMatchObject({
      servers: { onsync: { headers: { Authorization: `Bearer \${input:onsync-token}` } } },
      inputs: [{ id: "onsync-token", password: true }],
    });
    expect(JSON.parse(snippet(site, "Cursor")).mcpServers.onsync.headers).toEqual({
      Authorization: `Bearer \${env:ONSYNC_MCP_TOKEN}`,
    });
  });

  test("leave the real key to its owner", () => {
    expect(JSON.parse(snippet(real, "Claude Desktop")).mcpServers.onsync.env).toEqual({
      ONSYNC_BASE_URL: "https://api.onsync.com/v1",
      ONSYNC_API_KEY: "your API key",
    });
  });
});

describe("the text on the terminal", () => {
  test("has the addresses, the key and one snippet", () => {
    const text = formatReadyText(embedded);
    for (const part of [
      `${origin}/\n`,
      `${origin}/v1`,
      `${origin}/mcp`,
      `${origin}/hooks`,
      key,
      controlToken,
      "claude mcp add",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain("No message leaves this machine");
  });

  test("says which API is talked to, and that the embedded one is not started", () => {
    const text = formatReadyText(real);
    expect(text).toContain("https://api.onsync.com/v1");
    expect(text).toContain("not started, because ONSYNC_API_KEY is set");
    expect(text).not.toMatch(/Key |hooks/);
  });
});
