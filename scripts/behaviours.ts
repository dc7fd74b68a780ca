/** Writes the tables of docs/reliability.md that say what is promised under which behaviour of a server. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withBehaviourTables } from "../testing/hostile/promises/table.ts";

const page = join(import.meta.dirname, "../docs/reliability.md");
writeFileSync(page, withBehaviourTables(readFileSync(page, "utf8")));
