/** Memory while accepting and handing on, with nothing and with much that waits. */
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { formatTable } from "../measure.ts";
import { backlog, createDelivery, formatRate, measureLoad, newFile, startServer, startSink } from "./setup.ts";

/** A file with that many events waiting, written as the engine writes them but in large transactions. */
function fillFile(conversations: number): string {
  const file = newFile();
  openSqliteStore({ file }).close();
  const sql = new DatabaseSync(file);
  const insert = sql.prepare(
    "INSERT INTO events (id, type, key, rank, created_at, received_at, body) VALUES (?, 'message.created', ?, 0, 1, 1, ?)",
  );
  const queue = sql.prepare("INSERT OR IGNORE INTO queues (key, due_at) VALUES (?, 0)");
  sql.exec("BEGIN");
  for (let n = 0; n < backlog; n++) {
    const key = `whatsapp:+97150${n % conversations}`;
    insert.run(`evt_waiting_${n}`, key, createDelivery(conversations).body);
    queue.run(key);
  }
  sql.exec("COMMIT");
  sql.close();
  return file;
}

export async function measureMemory(): Promise<void> {
  const sink = await startSink((incoming, outgoing) => {
    incoming.resume().once("end", () => outgoing.end());
  });
  const rows: string[][] = [];
  for (const conversations of [10, 10_000]) {
    for (const [what, file] of [
      ["nothing waiting", newFile()],
      [`${backlog.toLocaleString("en")} waiting`, fillFile(conversations)],
    ] as const) {
      const server = await startServer("--file", file, "--forward", sink.url);
      const accepted = await measureLoad(server.url, 64, conversations);
      rows.push([
        `${conversations.toLocaleString("en")} conversations, ${what}`,
        server.rssMiB().toFixed(0),
        formatRate(accepted),
      ]);
      await server.stop();
    }
  }
  sink.close();
  console.log("\n### Memory while accepting and handing on\n");
  console.log(formatTable(["", "RSS MiB", "accepted a second meanwhile"], rows));
}
