/** A person's rows in an export: which they are, and which checkpoints. */
import type { ExportRow, TableName } from "../records.ts";
import type { ExportTarget } from "../targets/target.ts";

export type ExportedPerson = { contactIds: ReadonlySet<string>; conversationIds: ReadonlySet<string> };

/** How many keys a person has in each table, or had. */
export type PurgedRows = {
  contacts: number;
  conversations: number;
  messages: number;
  /** Whether nothing of what is gone is in a free part of the place's files. */
  isScrubbed: boolean;
};

/** A place that a person's rows can be taken out of. */
export type PurgeableTarget = ExportTarget & {
  /**
   * Takes all versions of their rows out, and their checkpoints; then the place's files are written anew without them. It is
   * the last that is done before it is closed.
   *
   * @param dryRun only counts
   */
  purge(person: ExportedPerson, dryRun: boolean): Promise<PurgedRows>;
};

/** The tables in the order in which one tells of the next: conversations are a contact's, messages are in conversations. */
export const purgeOrder = ["contacts", "conversations", "messages"] as const satisfies readonly TableName[];

export function isRowOf(table: TableName, row: ExportRow, { contactIds, conversationIds }: ExportedPerson): boolean {
  const has = (ids: ReadonlySet<string>, value: unknown) => typeof value === "string" && ids.has(value);
  if (table === "contacts") return has(contactIds, row.id);
  if (table === "conversations") return has(conversationIds, row.id) || has(contactIds, row.contactId);
  return has(conversationIds, row.conversationId);
}

/** The checkpoints of an export: see `nameCheckpoints`. */
export const checkpointPrefix = "backfill:";

export function isCheckpointOf(name: string, { contactIds, conversationIds }: ExportedPerson): boolean {
  const endsWith = (kind: string, ids: ReadonlySet<string>) => [...ids].some((id) => name.endsWith(`:${kind}:${id}`));
  return (
    endsWith("conversation", conversationIds) ||
    endsWith("contact", contactIds) ||
    [...contactIds].some((id) => name.startsWith(`${checkpointPrefix}of ${id}:`))
  );
}
