/** A file of a test's own, read as contacts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createReader, type TagMode } from "../../src/data/contacts/read-contact.ts";
import { mapColumns, openRows } from "../../src/data/index.ts";
import { temporaryFolder } from "./import-file.ts";

export type Read = { contacts: unknown[]; problems: string[] };

export async function readContacts(bytes: string | Buffer, country?: string, tags: TagMode = "replace"): Promise<Read> {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.csv");
  writeFileSync(file, bytes);
  const rows = await openRows(file);
  const read = createReader({ mapping: mapColumns(rows.columns), country, tags });
  const found: Read = { contacts: [], problems: [] };
  for await (const row of rows.rows()) {
    const reading = read(row);
    if ("problem" in reading)
      found.problems.push(`line ${row.line}: ${reading.problem.field} ${reading.problem.reason}`);
    else found.contacts.push(reading.contact);
  }
  return found;
}
