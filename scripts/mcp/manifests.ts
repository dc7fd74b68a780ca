/** What the MCP server's packages say of themselves, taken from the code: tools, version, environment. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tools } from "../../mcp/tools/index.ts";

const root = join(import.meta.dirname, "../..");

type Manifest = { version: string; license: string; engines: { node: string } };
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const { version, license, engines } = manifest;

const description = "OnSync's shared inbox for WhatsApp, Instagram, Facebook and Telegram, for AI assistants.";
const registryName = "com.onsync/mcp";
const packageName = "onsync-mcp";
const apiKeyHelp = "The API key, from Settings, API & Webhooks in OnSync.";

/** `manifest.json` of the .mcpb: a host installs it with a click, asks for the key and starts the bundle. */
export function createMcpbManifest() {
  return {
    manifest_version: "0.3",
    name: packageName,
    display_name: "OnSync",
    version,
    description,
    long_description:
      "Reads and answers customers' conversations, keeps contacts, watches WhatsApp's 24-hour window. Unless you choose otherwise, each message is shown before it is sent.",
    author: { name: "OnSync", url: "https://onsync.com" },
    license,
    keywords: ["onsync", "whatsapp", "shared-inbox", "crm"],
    server: {
      type: "node",
      entry_point: "server/onsync-mcp.cjs",
      mcp_config: {
        command: "node",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the host fills these in
        args: ["${__dirname}/server/onsync-mcp.cjs", "--send", "${user_config.send}"],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the host fills this in
        env: { ONSYNC_API_KEY: "${user_config.api_key}" },
      },
    },
    tools: tools.map(({ definition }) => ({ name: definition.name, description: definition.description })),
    // Their texts are written from live data.
    prompts_generated: true,
    user_config: {
      api_key: { type: "string", title: "OnSync API key", description: apiKeyHelp, sensitive: true, required: true },
      send: {
        type: "string",
        title: "Sending",
        description:
          "confirm: each message is shown first and sent by a second call. direct: at once. off: nothing is sent.",
        default: "confirm",
        required: true,
      },
    },
    compatibility: { platforms: ["darwin", "win32", "linux"], runtimes: { node: engines.node } },
  };
}

/** `server.json` of the MCP registry. */
export function createServerJson() {
  return {
    $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    name: registryName,
    title: "OnSync",
    description,
    version,
    packages: [
      {
        registryType: "npm",
        identifier: packageName,
        version,
        runtimeHint: "npx",
        transport: { type: "stdio" },
        packageArguments: [
          {
            type: "named",
            name: "--send",
            description: "confirm: a preview first. direct: at once. off: nothing is sent.",
            choices: ["confirm", "direct", "off"],
            default: "confirm",
          },
        ],
        environmentVariables: [
          { name: "ONSYNC_API_KEY", description: apiKeyHelp, isRequired: true, isSecret: true },
          { name: "ONSYNC_BASE_URL", description: "Another OnSync API, such as a staging one.", format: "string" },
        ],
      },
    ],
  };
}
