/** A proxy that cuts a connection at a moment of one's own choosing: as a kill, or a network that goes away, between two statements. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type CuttingProxy = {
  port: number;
  /** Lets so many more pieces of what the client says through; the next is lost, or arrives and its answer is lost. */
  cutAfter(pieces: number, what: "request" | "answer"): void;
  close(): Promise<void>;
};

export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  let left = Number.POSITIVE_INFINITY;
  let lost: "request" | "answer" = "request";
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    let isDeaf = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (data) => {
      if (left > 0) upstream.write(data);
      else if (lost === "answer") {
        isDeaf = true;
        // It arrives whole, and the client is gone before it is answered.
        upstream.end(data);
        client.destroy();
      } else {
        client.destroy();
        upstream.destroy();
      }
      left -= 1;
    });
    upstream.on("data", (data) => {
      if (!isDeaf) client.write(data);
    });
    client.on("end", () => upstream.end());
    upstream.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter(pieces, what) {
      left = pieces;
      lost = what;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
