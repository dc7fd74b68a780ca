/** The reference API in OnSync's place: by TLS, under OnSync's own name, so that the public build needs no other address. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Reference } from "../../reference/index.ts";
import { selfSigned } from "../../testing/network/self-signed.ts";

const day = 24 * 60 * 60 * 1000;

/** @returns the port on this machine, and the certificate that a process has to trust */
export async function standIn(
  reference: Reference,
  host: string,
): Promise<{ port: number; certificate: string; close(): Promise<void> }> {
  const now = Date.now();
  const { key, cert } = selfSigned(host, { from: new Date(now - day), until: new Date(now + day) });
  const server = createServer(
    { key, cert },
    getRequestListener((request) => reference.fetch(request), { overrideGlobalObjects: false }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    certificate: cert,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
