/** What a receiver keeps, and takes of memory, under attack. */
import { connect } from "node:net";
import { Readable } from "node:stream";
import { Pool } from "undici";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { formatTable } from "../measure.ts";
import { measureLoad, newFile, seconds, startServer } from "./setup.ts";

async function readEnd(file: string) {
  const store = openSqliteStore({ file, claim: false });
  const end = await store.end();
  await store.close();
  return end;
}

/** Forged, oversized and dripping deliveries at once: nothing is kept, and memory stays where it was. */
export async function measureUnderAttack(): Promise<void> {
  const file = newFile();
  const server = await startServer("--file", file);
  const { hostname, port } = new URL(server.url);
  await measureLoad(server.url, 64, 1000);
  const { position: before } = await readEnd(file);
  const calm = server.rssMiB();
  const dripping = Array.from({ length: 500 }, () => {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{");
    return socket;
  });
  const pool = new Pool(server.url, { connections: 64 });
  const forged = { "content-type": "application/json", "x-onsync-signature": "0".repeat(64) };
  const statuses = new Map<number | string, number>();
  let most = calm;
  const attack = async (chunks: number): Promise<void> => {
    const chunk = Buffer.alloc(64 * 1024, 32);
    const body = async function* () {
      for (let n = 0; n < chunks; n++) yield chunk;
    };
    let status: number | string = "cut off";
    try {
      const response = await pool.request({ path: "/", method: "POST", headers: forged, body: Readable.from(body()) });
      status = response.statusCode;
      await response.body.dump();
    } catch {}
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const until = performance.now() + seconds * 1000;
  const attacker = async (index: number) => {
    for (let n = index; performance.now() < until; n++) {
      await attack(n % 2 === 0 ? 15 : 64);
      most = Math.max(most, server.rssMiB());
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, index) => attacker(index)));
  for (const socket of dripping) socket.destroy();
  await pool.close();
  const { position: after } = await readEnd(file);
  await server.stop();
  console.log("\n### Under attack: forged bodies of almost 1 MiB, bodies of 4 MiB, 500 bodies that never end\n");
  console.log(
    formatTable(
      ["RSS MiB before, after a load of genuine ones", "most during", "kept", ...[...statuses.keys()].map(String)],
      [[calm.toFixed(0), most.toFixed(0), String(after - before), ...[...statuses.values()].map(String)]],
    ),
  );
}
