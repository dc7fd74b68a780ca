/** The MCP server under attack: in this process, over stdio, or one or several replicas over HTTP. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { ClientCapabilities } from "@modelcontextprotocol/sdk/types.js";
import { createMcpServer } from "../../mcp/index.ts";
import type { SafetySettings } from "../../mcp/safety/settings.ts";
import { createMemoryLedger, type OnSync } from "../../src/client/index.ts";
import { bareEnvironment } from "../bare-environment.ts";

export type Face = { clients: Client[]; close(): Promise<void> };
export const faceNames = ["in process", "stdio", "http", "three replicas"] as const;
export type FaceName = (typeof faceNames)[number];

const root = join(import.meta.dirname, "../..");

async function connect(transport: Transport, capabilities: ClientCapabilities = {}): Promise<Client> {
  const client = new Client({ name: "attacker", version: "1.0.0" }, { capabilities });
  await client.connect(transport);
  return client;
}

/**
 * @param onsync what the server reaches OnSync by
 * @param capabilities what the host says that it can do
 */
export async function openInProcess(
  onsync: OnSync,
  safety: SafetySettings,
  capabilities: ClientCapabilities = {},
): Promise<Face> {
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const ledger = { ...createMemoryLedger(), durable: true };
  await createMcpServer({ onsync, safety, ledger }).connect(serverSide);
  const client = await connect(clientSide, capabilities);
  return { clients: [client], close: () => client.close() };
}

function toOptions({ readOnly, send, toolsets, allowRecipients, caps, redactPii }: SafetySettings): string[] {
  return [
    ...(readOnly ? ["--read-only"] : []),
    ...(send ? ["--send", send] : []),
    ...(toolsets ? ["--toolsets", toolsets.join(",")] : []),
    ...(allowRecipients ? ["--allow-recipients", allowRecipients.join(",")] : []),
    ...(caps?.perMinute ? ["--sends-per-minute", String(caps.perMinute)] : []),
    ...(caps?.perDay ? ["--sends-per-day", String(caps.perDay)] : []),
    ...(redactPii ? ["--redact-pii"] : []),
  ];
}

type Account = { baseUrl: string; key: string };

/** The command as users run it, in processes of its own that share a ledger. */
export async function openProcesses(name: FaceName, { baseUrl, key }: Account, safety: SafetySettings): Promise<Face> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-attack-"));
  const env = { ONSYNC_BASE_URL: baseUrl, ONSYNC_API_KEY: key, ONSYNC_MCP_TOKEN: "a-token-of-this-run-alone" };
  const ledger = ["--ledger", join(folder, "sends.db")];
  const command = [
    "--disable-warning=ExperimentalWarning",
    join(root, "cli/onsync.ts"),
    "mcp",
    ...toOptions(safety),
    ...ledger,
  ];
  const clear = () => rmSync(folder, { recursive: true, force: true });
  if (name === "stdio") {
    const client = await connect(
      new StdioClientTransport({ command: process.execPath, args: command, env, stderr: "ignore" }),
    );
    return {
      clients: [client],
      async close() {
        await client.close();
        clear();
      },
    };
  }
  const servers = await Promise.all(
    Array.from({ length: name === "http" ? 1 : 3 }, () =>
      startServer([...command, "--http", "--port", "0", "--json"], env),
    ),
  );
  const clients = await Promise.all(
    servers.map(({ url }) =>
      connect(
        new StreamableHTTPClientTransport(new URL(url), {
          requestInit: { headers: { authorization: `Bearer ${env.ONSYNC_MCP_TOKEN}` } },
        }),
      ),
    ),
  );
  return {
    clients,
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all(servers.map(({ child }) => endServer(child)));
      clear();
    },
  };
}

async function startServer(args: string[], env: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, args, {
    env: { ...bareEnvironment, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url !== undefined) return { child, url };
  }
  throw new Error(`the server ended before it was ready: ${args.join(" ")}`);
}

async function endServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
