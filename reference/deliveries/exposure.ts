/** How a reference can be reached, which decides where its deliveries may go: by which ports, and by whom. */
import type { Socket } from "node:net";
import { isLoopback } from "../../src/http/loopback.ts";

export type Exposure = {
  /** Ports that lead to it: of its own servers, and of those that pass requests on to it. */
  ports: Set<number>;
  /** Whether others than this machine can reach it. */
  isReachable: boolean;
  /** A server of its own is about to listen on this address. */
  noteHost(host: string): void;
  /** A request came in by this connection: of a server that is not its own, this is all that is known. */
  noteConnection(socket: Pick<Socket, "localAddress" | "localPort"> | undefined): void;
};

export function createExposure(): Exposure {
  const exposure: Exposure = {
    ports: new Set(),
    isReachable: false,
    noteHost: (host) => {
      if (!isLoopback(host)) exposure.isReachable = true;
    },
    noteConnection: (socket) => {
      if (socket?.localPort !== undefined) exposure.ports.add(socket.localPort);
      if (socket?.localAddress !== undefined) exposure.noteHost(socket.localAddress);
    },
  };
  return exposure;
}
