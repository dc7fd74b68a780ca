/** An MCP server on the reference, as its users start it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeJson } from "../../inputs/text.ts";
import { createCanary } from "../../judge.ts";
import type { OpenDoor } from "../door.ts";
import { exchange, splitAnswers } from "../exchange.ts";
import { listOtherOrg, listSecrets, secrets, startReference } from "../planted-reference.ts";
import { toBytes } from "../requests.ts";
import { type FuzzedServer, onsyncScript, startServer } from "../server-process.ts";

const token = "mcp-token-that-nobody-else-has-4711";
export const approvalToken = "approval-token-that-nobody-else-has-4711";
export const credentials: readonly string[] = [`Authorization: Bearer ${token}`];

export function post(message: unknown, headers: readonly string[] = []): string {
  const common = ["Content-Type: application/json", "Accept: application/json, text/event-stream"];
  return toBytes("POST", "/mcp", [...credentials, ...common, ...headers], writeJson(message));
}

/** What a server answers to a message of the era of handshakes. */
export async function ask(port: number, method: string, params: object = {}): Promise<Record<string, unknown>> {
  const { received } = await exchange(port, post({ jsonrpc: "2.0", id: 1, method, params }), { ends: false });
  const [answer] = splitAnswers(received);
  const text = Buffer.from(answer?.body ?? "", "latin1").toString();
  const { result } = JSON.parse(text) as { result?: Record<string, unknown> };
  if (!result) throw new Error(`${method} was answered: ${text}`);
  return result;
}

type Opened = {
  server: FuzzedServer;
  restart: OpenDoor["restart"];
  close(): Promise<void>;
  shared: Pick<OpenDoor, "canaries">;
};

export async function startMcp(args: readonly string[]): Promise<Opened> {
  const reference = await startReference();
  const folder = mkdtempSync(join(tmpdir(), "onsync-fuzz-"));
  const env = {
    ONSYNC_BASE_URL: reference.server.ready.url,
    ONSYNC_API_KEY: secrets.ownKey,
    ONSYNC_MCP_TOKEN: token,
    ONSYNC_APPROVAL_TOKEN: approvalToken,
  };
  const command = [onsyncScript, "mcp", "--http", "--ledger", join(folder, "sends.db"), ...args];
  const restart = () => startServer([...command, "--port", "0", "--json"], env);
  const tokens = [
    createCanary("the MCP server's token", token),
    createCanary("the approval page's token", approvalToken),
  ];
  return {
    server: await restart(),
    restart,
    shared: { canaries: [...listSecrets(reference), ...listOtherOrg(reference), ...tokens] },
    close: async () => {
      await reference.server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
