/** Who was taken out of an export and is not to come back by what OnSync still has: known by hashes, with a salt of the export's own. */
import { createHmac, randomBytes } from "node:crypto";
import type { ExportRow, TableName } from "../records.ts";
import type { ExportedPerson } from "./purge.ts";

/** The state entry that has them. */
export const forgottenEntry = "forgotten";

type Entry = { salt: string; hashes: string[] };

/** @param text the entry as it is, `null` where there is none @returns as it becomes */
export function addForgotten(text: string | null, { contactIds, conversationIds }: ExportedPerson): string {
  const { salt, hashes }: Entry =
    text === null ? { salt: randomBytes(16).toString("hex"), hashes: [] } : (JSON.parse(text) as Entry);
  const added = [...contactIds, ...conversationIds].map((id) => hash(salt, id));
  return JSON.stringify({ salt, hashes: [...new Set([...hashes, ...added])] } satisfies Entry);
}

function hash(salt: string, id: string): string {
  return createHmac("sha256", salt).update(id).digest("base64url").slice(0, 22);
}

/** The checkpoint of a conversation or a contact, which its name ends with. */
const checkpointName = /^backfill:(?:of [^:]*:)?(?:conversation|contact):/;

export type Forgotten = {
  hasRow(table: TableName, row: ExportRow): boolean;
  /** @param name of a state entry */
  hasCheckpoint(name: string): boolean;
};

/** @param text the entry, `null` where there is none: nobody was forgotten */
export function readForgotten(text: string | null): Forgotten | null {
  if (text === null) return null;
  const { salt, hashes } = JSON.parse(text) as Entry;
  const known = new Set(hashes);
  const has = (id: unknown) => typeof id === "string" && known.has(hash(salt, id));
  return {
    hasRow: (table, { id, contactId, conversationId }) =>
      table === "messages" ? has(conversationId) : has(id) || (table === "conversations" && has(contactId)),
    hasCheckpoint(name) {
      const beginning = checkpointName.exec(name)?.[0];
      return beginning !== undefined && has(name.slice(beginning.length));
    },
  };
}
