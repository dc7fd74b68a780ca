/** What an export has left, read as a stranger would: the lines of each table's parts, the later of an id counts. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exported, Row } from "../evidence.ts";

function readTable(folder: string, table: string): Row[] {
  const place = join(folder, table);
  if (!existsSync(place)) return [];
  const rows = new Map<string, Row>();
  for (const part of readdirSync(place)
    .filter((name) => name.endsWith(".ndjson"))
    .sort()) {
    for (const line of readFileSync(join(place, part), "utf8").split("\n").filter(Boolean)) {
      const row = JSON.parse(line) as Row;
      rows.set(row.id, row);
    }
  }
  return [...rows.values()];
}

export function readExported(folder: string): Exported {
  const [messages, contacts, conversations] = ["messages", "contacts", "conversations"].map((table) =>
    readTable(folder, table),
  );
  return { messages: messages ?? [], contacts: contacts ?? [], conversations: conversations ?? [] };
}
