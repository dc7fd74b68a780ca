/**
 * Tries the corpus of attacks (`testing/attacks`) on the MCP server as users run it; the exit code says whether none did harm.
 *
 *   npm run attacks                                over stdio, over HTTP, and on three replicas
 *   npm run attacks -- --face stdio --only tags    one of them, one kind
 */
import { parseArgs } from "node:util";
import { type FaceName, faceNames } from "../testing/attacks/face.ts";
import { attacks, runAttack } from "../testing/attacks/index.ts";

const { values } = parseArgs({ options: { face: { type: "string" }, only: { type: "string" } } });
const faces = faceNames.filter((name) => (values.face === undefined ? name !== "in process" : name === values.face));
if (faces.length === 0) throw new Error(`--face: give one of ${faceNames.join(", ")}.`);
const chosen = attacks.filter(({ kind }) => values.only === undefined || kind === values.only);
if (chosen.length === 0)
  throw new Error(`--only: give one of ${[...new Set(attacks.map(({ kind }) => kind))].join(", ")}.`);

async function tryAll(face: FaceName): Promise<number> {
  let passed = 0;
  for (const attack of chosen) {
    const harms = await runAttack(attack, face);
    if (harms.length === 0) continue;
    passed++;
    console.error(`${face}: ${attack.kind}: ${attack.name}\n  ${harms.join("\n  ")}`);
  }
  console.log(`${face}: ${chosen.length} attacks, ${passed} did harm`);
  return passed;
}

let harmful = 0;
for (const face of faces) harmful += await tryAll(face);
process.exitCode = harmful > 0 ? 1 : 0;
