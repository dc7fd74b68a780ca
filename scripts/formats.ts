/**
 * Keeps a file of each format that this version writes, with what this version says is in it, in `testing/formats/files`: later
 * versions are tested to open it. Run it before a release that changed a format; what is kept already stays as it is.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepFile } from "../testing/formats/kept-files.ts";
import { fileKinds } from "../testing/formats/kinds.ts";

const scratch = mkdtempSync(join(tmpdir(), "onsync-formats-"));
try {
  for (const kind of fileKinds) {
    const name = await keepFile(kind, scratch);
    console.log(name === null ? `${kind.name}: its format is kept already` : `kept ${name}`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
