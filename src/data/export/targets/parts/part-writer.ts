/** What each format of a part is written with. */
import type { ExportRow } from "../../records.ts";

/** Takes rows, some thousands at a time, and gives bytes to what it was made with. */
export type PartWriter = { add(rows: readonly ExportRow[]): void; finish(): void };
