/** Writes docs/openapi.yaml from the schemas: `node scripts/openapi.ts`. */
import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { openApiDocument } from "../reference/openapi/index.ts";

const file = new URL("../docs/openapi.yaml", import.meta.url);
writeFileSync(
  file,
  `# Written by scripts/openapi.ts from the schemas of src/api. Do not edit.\n${stringify(openApiDocument({ extensions: true }), { aliasDuplicateObjects: false, lineWidth: 0 })}`,
);
console.log(`wrote ${file.pathname}`);
