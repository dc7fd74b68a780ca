/** What a reference learns of servers that are not its own and pass requests on to it: from the connections themselves. */
import type { Socket } from "node:net";
import { isLoopback } from "../../src/http/loopback.ts";

export type Exposure = {
  /** Ports that requests came in by. */
  ports: Set<number>;
  /** Whether others than this machine can reach it. */
  isReachable: boolean;
  noteConnection(socket: Pick<Socket, "localAddress" | "localPort"> | undefined): void;
};

export function createExposure(): Exposure {
  const surroundings: Exposure = {
    ports: new Set(),
    isReachable: false,
    noteConnection: (socket) => {
      if (socket?.localPort !== undefined) surroundings.ports.add(socket.localPort);
      if (socket?.localAddress !== undefined && !isLoopback(socket.localAddress)) surroundings.isReachable = true;
    },
  };
  return surroundings;
}
