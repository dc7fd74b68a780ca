/** A host's client that shows pages of servers (MCP Apps), in process. */
import { Client, type Transport } from "@modelcontextprotocol/client";
import type { Server } from "@modelcontextprotocol/server";

/** Two ends of a pipe. */
function createPair(): [Transport, Transport] {
  const ends: [Transport, Transport] = [createEnd(() => ends[1]), createEnd(() => ends[0])];
  return ends;
}

function createEnd(getOther: () => Transport): Transport {
  const end: Transport = {
    async start() {},
    async send(message) {
      queueMicrotask(() => getOther().onmessage?.(message));
    },
    async close() {
      end.onclose?.();
    },
  };
  return end;
}

export async function connectHost(server: Server): Promise<Client> {
  const [ours, theirs] = createPair();
  const extensions = { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } };
  const client = new Client({ name: "a host", version: "1.0.0" }, { capabilities: { extensions } });
  await server.connect(theirs as never);
  await client.connect(ours);
  return client;
}
