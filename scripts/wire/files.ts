/** The files that are written from the schemas of src/api, formatted as the rest of the sources is. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { writeEndpoints } from "./endpoints.ts";
import { writeTypes } from "./types.ts";

const root = join(import.meta.dirname, "../..");
const origin = `Written by scripts/wire from the schemas of src/api. Do not edit: change the schema, and run \`npm run wire\`.`;

/** By path; each as it is to stand in the repository. */
export function wireFiles(): Record<string, string> {
  const sources = { "src/client/wire/endpoints.ts": writeEndpoints(origin), ...writeTypes(origin) };
  return Object.fromEntries(Object.entries(sources).map(([file, source]) => [file, format(file, source)]));
}

function format(file: string, source: string): string {
  const biome = join(root, "node_modules/.bin/biome");
  return execFileSync(biome, ["check", "--write", `--stdin-file-path=${file}`], {
    cwd: root,
    input: source,
    encoding: "utf8",
  });
}
