/** What `onsync start` serves and where: the landing page and the text on the terminal are written from it. */
import { samples } from "../../src/api/index.ts";

export type Site = {
  /** `http://127.0.0.1:4000`, without a slash. */
  origin: string;
  api:
    | {
        embedded: true;
        url: string;
        key: string;
        /** The control API's; on the terminal only, never on a page. */
        controlToken: string;
        data: string | null;
      }
    /** The real one, or whatever ONSYNC_BASE_URL names. Its key is never shown. */
    | { embedded: false; url: string };
  /** Whether clients must show ONSYNC_MCP_TOKEN. */
  mcpToken: boolean;
  /** Whether there is a webhook receiver. */
  hooks: boolean;
  /**
   * Whether others than this machine can reach it. Pages then say nothing that is not everybody's: no key, no path. What
   * the terminal prints is its reader's.
   */
  isReachable: boolean;
  /** How this program is started again, as another command: node and the script. */
  command: readonly [string, string];
};

export function getMcpUrl({ origin }: Site): string {
  return `${origin}/mcp`;
}

export const hooksPath = "/hooks";

export function getHooksUrl({ origin }: Site): string {
  return `${origin}${hooksPath}`;
}

export type Snippet = { client: string; where: string; text: string };

function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function createBearerHeaders({ mcpToken }: Site, token: string) {
  return mcpToken ? { headers: { Authorization: `Bearer ${token}` } } : {};
}

/** How MCP clients are told of this server. The first starts a process of its own, the others use `/mcp`. */
export function createMcpSnippets(site: Site): Snippet[] {
  const { api } = site;
  const [node, script] = site.isReachable ? ["node", "/path/to/this/clone/cli/onsync.ts"] : site.command;
  const url = getMcpUrl(site);
  return [
    {
      client: "Claude Code",
      where: "in a terminal",
      text: `claude mcp add --transport http onsync ${url}${site.mcpToken ? ' --header "Authorization: Bearer $ONSYNC_MCP_TOKEN"' : ""}`,
    },
    {
      client: "Claude Desktop",
      where: "Settings → Developer → Edit Config (claude_desktop_config.json)",
      text: formatJson({
        mcpServers: {
          onsync: {
            command: node,
            args: [script, "mcp"],
            env: {
              ONSYNC_BASE_URL: api.url,
              ONSYNC_API_KEY: api.embedded && !site.isReachable ? api.key : "your API key",
            },
          },
        },
      }),
    },
    {
      client: "VS Code",
      where: ".vscode/mcp.json",
      text: formatJson({
        servers: { onsync: { type: "http", url, ...createBearerHeaders(site, `\${input:onsync-token}`) } },
        ...(site.mcpToken && {
          inputs: [{ id: "onsync-token", type: "promptString", description: "ONSYNC_MCP_TOKEN", password: true }],
        }),
      }),
    },
    {
      client: "Cursor",
      where: ".cursor/mcp.json",
      text: formatJson({ mcpServers: { onsync: { url, ...createBearerHeaders(site, `\${env:ONSYNC_MCP_TOKEN}`) } } }),
    },
  ];
}

/** A shell command that posts JSON to the API, as the API's documentation writes it. */
function formatCurl(url: string, key: string, body: unknown): string {
  return [
    `curl -X POST ${url}`,
    `-H "Authorization: Bearer ${key}"`,
    '-H "Content-Type: application/json"',
    `-d '${formatJson(body).replaceAll("'", "'\\''")}'`,
  ].join(" \\\n  ");
}

/** Where the embedded API is served: the documentation's two requests, and a customer who writes. */
export function createCurlExamples({ api, origin, isReachable }: Site): { title: string; text: string }[] {
  if (!api.embedded) return [];
  const { url } = api;
  const key = isReachable ? "$ONSYNC_API_KEY" : api.key;
  return [
    { title: "Create or update a contact", text: formatCurl(`${url}/contacts`, key, samples.contactInput) },
    { title: "Send her a message", text: formatCurl(`${url}/messaging/send`, key, samples.textInput) },
    {
      title: "Be the customer who answers",
      text: formatCurl(`${origin}/_control/inbound`, "$ONSYNC_CONTROL_TOKEN", {
        platform: "whatsapp",
        from: samples.textInput.to,
        content: "Thank you! When does it arrive?",
      }),
    },
  ];
}

/** The shell lines after which `onsync call` and `onsync doctor` talk to the same API. */
export function formatShellSetup({ api, isReachable }: Site): string | null {
  return api.embedded
    ? `export ONSYNC_BASE_URL=${api.url} ONSYNC_API_KEY=${isReachable ? "'the key that the terminal shows'" : api.key}`
    : null;
}

/** What is printed when everything is there. */
export function formatReadyText(site: Site): string {
  const { api, origin } = site;
  const rows: [string, string][] = api.embedded
    ? [
        ["Console", `${origin}/`],
        ["API", api.url],
        ["Key", api.key],
        ["Control", `${origin}/_control (from this machine)`],
        ["Token", `${api.controlToken} (of the control API)`],
        ["MCP", getMcpUrl(site)],
        ["Webhooks", `${getHooksUrl(site)} (registered for all events)`],
      ]
    : [
        ["Start here", `${origin}/`],
        ["API", `${api.url} (with your key: what is sent there is really sent)`],
        ["MCP", getMcpUrl(site)],
        ...(site.hooks ? [["Webhooks", getHooksUrl(site)] as [string, string]] : []),
      ];
  const first = createMcpSnippets(site)[0] as Snippet;
  return [
    api.embedded
      ? `OnSync is running on the embedded reference API, with ${api.data === null ? "made-up data in memory" : `its data in ${api.data}`}. No message leaves this machine.`
      : `Talking to the OnSync API at ${api.url}. The embedded reference API is not started, because ONSYNC_API_KEY is set.`,
    "",
    ...rows.map(([name, value]) => `  ${name.padEnd(10)}  ${value}`),
    "",
    `Connect ${first.client} (others: see ${api.embedded ? "Connect in the console" : "the page above"}):`,
    `  ${first.text}`,
    "",
    ...(api.embedded
      ? [
          site.isReachable
            ? "Others can reach this server. The key was made for this run, and is shown here only."
            : "The key is the same every time and opens the made-up data only.",
          "Ctrl-C stops it.",
        ]
      : ["Ctrl-C stops it."]),
    "",
  ].join("\n");
}
