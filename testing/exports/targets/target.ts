/** Where an export goes, and how the judge reads it: with readers that are not the product's. */
import type { TableName } from "../inbox/inbox.ts";
import type { Format } from "../judge/canonical.ts";
import type { TargetRow } from "../judge/judge.ts";

export type ReadableTarget = {
  format: Format;
  /** Of the command. */
  args: readonly string[];
  /** Its rows at this moment, in the order in which a reader of parts would take them. */
  read(table: TableName): Promise<TargetRow[]>;
  /** What is wrong with it apart from its rows, once the export is over. */
  inspect(table: TableName): string[];
  /** Beside the key: what must not be seen anywhere. */
  secrets: Readonly<Record<string, string>>;
};
