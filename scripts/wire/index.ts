/** Writes what the client has of the schemas of src/api: `node scripts/wire/index.ts`. */
import { writeFileSync } from "node:fs";
import { wireFiles } from "./files.ts";

for (const [file, text] of Object.entries(wireFiles())) {
  writeFileSync(new URL(`../../${file}`, import.meta.url), text);
  console.log(`wrote ${file}`);
}
