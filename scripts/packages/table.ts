/** The packages that are made of this repository, in their order: each takes the modules of those before it from them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

type Manifest = {
  version: string;
  engines: { node: string };
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  [shared: string]: unknown;
};
export const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

export type Package = {
  name: string;
  description: string;
  keywords: readonly string[];
  /**
   * `files`: each module is a file of its own, so that whoever bundles takes what is used, and other packages may import
   * it. `bundle`: one file and what it loads on demand, with the packages from npm that it needs inside.
   */
  form: "files" | "bundle";
  /** The module that each entry of `exports` stands for. */
  entries: Readonly<Record<string, string>>;
  /** Which of the packages before it are installed with it. */
  uses: readonly string[];
  /** Packages from npm that its types or its users have to do with: installed with it, never inside. */
  dependencies: readonly string[];
  /** What only some of its users need, and install themselves. */
  optionalPeers: readonly string[];
  /** The versions of Node it runs on; those of the repository, where it says nothing. */
  node?: string;
  /** Whether it runs outside Node, too. */
  runsAnywhere?: true;
  /** Its commands, with the module each begins with or the file that is built for it. */
  commands?: Readonly<Record<string, string>>;
  /** What `package.json` says besides. */
  besides?: Readonly<Record<string, unknown>>;
};

/** The versions of Node that a package runs on. */
export function nodeOf({ node }: Package): string {
  return node ?? manifest.engines.node;
}

/** What reads and writes data in ways of its own: installed by those who use it. */
const databases = ["pg", "pg-boss", "bullmq", "@duckdb/node-api"];
const clouds = ["@aws-sdk/client-sqs", "@google-cloud/pubsub"];

export const packages: readonly Package[] = [
  {
    name: "onsync",
    description: "A typed client for the OnSync API, which never repeats a send that may have been done.",
    keywords: ["onsync", "whatsapp", "shared-inbox", "crm", "api-client"],
    form: "files",
    entries: {
      ".": "src/client/index.ts",
      "./undici": "src/client/transport/undici.ts",
      "./ledger": "src/ledger/index.ts",
      "./verify": "src/webhooks/verify/index.ts",
    },
    uses: [],
    dependencies: ["zod"],
    optionalPeers: ["redis", "undici"],
    node: ">=20.19.0",
    runsAnywhere: true,
  },
  {
    name: "onsync-webhooks",
    description: "A receiver of OnSync's webhooks: verified, kept before they are acknowledged, handed on in order.",
    keywords: ["onsync", "webhooks", "receiver", "event-store"],
    form: "files",
    entries: { ".": "src/webhooks/index.ts" },
    uses: ["onsync"],
    dependencies: [],
    optionalPeers: ["redis", ...clouds],
  },
  {
    name: "onsync-data",
    description:
      "Imports, exports and syncs between OnSync and files or databases, which go on where they were stopped.",
    keywords: ["onsync", "import", "export", "sync", "csv", "parquet"],
    form: "bundle",
    entries: { ".": "src/data/index.ts" },
    uses: ["onsync", "onsync-webhooks"],
    dependencies: ["libphonenumber-js"],
    optionalPeers: ["redis", ...databases],
  },
  {
    name: "onsync-reference",
    description: "The OnSync API on your own machine, for trials and tests: in process or on a port, with a console.",
    keywords: ["onsync", "mock", "testing", "sandbox"],
    form: "bundle",
    entries: { ".": "reference/index.ts" },
    uses: ["onsync"],
    dependencies: ["zod"],
    optionalPeers: [],
  },
  {
    name: "onsync-mcp",
    description:
      "OnSync's MCP server: the shared inbox for WhatsApp, Instagram, Facebook and Telegram, for AI assistants.",
    keywords: ["onsync", "mcp", "model-context-protocol", "whatsapp", "shared-inbox"],
    form: "bundle",
    entries: { ".": "mcp/index.ts" },
    uses: ["onsync"],
    dependencies: ["@modelcontextprotocol/server", "zod"],
    optionalPeers: ["@opentelemetry/api"],
    commands: { "onsync-mcp": "./bin/onsync-mcp.cjs" },
    besides: { mcpName: "com.onsync/mcp" },
  },
  {
    name: "onsync-cli",
    description:
      "The onsync command: call the API, receive webhooks, serve assistants, move data, run the API locally.",
    keywords: ["onsync", "cli", "webhooks", "mcp", "import", "export"],
    form: "bundle",
    entries: {},
    uses: [],
    dependencies: [],
    optionalPeers: [...clouds, ...databases, "@opentelemetry/api"],
    commands: { onsync: "cli/onsync.ts", "onsync-mcp": "./bin/onsync-mcp.cjs" },
  },
];
