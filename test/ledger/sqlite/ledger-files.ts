/** Files for ledgers, in a folder that the tests leave nothing of. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";

/** @returns makes the path of a file that is not there yet */
export function createLedgerFiles(): () => string {
  let folder: string;
  let files = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "onsync-ledger-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return () => join(folder, `sends-${++files}.db`);
}
