/** Servers that misbehave below HTTP; they end with the test. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach } from "@jest/globals";

const opened: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** @returns its port, and the connections that are open */
export async function listen(server: Server) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  opened.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, sockets };
}

/** A server that says these bytes to whatever it is asked, and then hangs up, hangs, or goes on for ever. */
export function startRawServer(bytes: string, then: "end" | "hang" | "flood") {
  return listen(
    createServer((socket) => {
      socket.on("error", () => {});
      const flood = () => {
        while (!socket.destroyed && socket.write("z".repeat(16_384)));
      };
      socket.once("data", () => {
        socket.write(bytes);
        if (then === "end") socket.end();
        if (then === "flood") socket.on("drain", flood) && flood();
      });
    }),
  );
}
