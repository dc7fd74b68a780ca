/**
 * Tries the corpus of attacks (`testing/attacks`) on the MCP server as users run it; the exit code says whether none did harm.
 *
 *   npm run attacks                                over stdio, over HTTP, and on three replicas
 *   npm run attacks -- --face stdio --only tags    one of them, or several, one kind
 */
import { faceNames } from "../testing/attacks/face.ts";
import { attacks, runAttack, serverAttacks } from "../testing/attacks/index.ts";
import { readOptions, refuseUsage } from "../testing/commands/options.ts";

const { values } = readOptions({ options: { face: { type: "string", multiple: true }, only: { type: "string" } } });
const faces = faceNames.filter((name) =>
  values.face === undefined ? name !== "in process" : values.face.includes(name),
);
if (faces.length === 0) refuseUsage(`--face: give one of ${faceNames.join(", ")}.`);
const chosen = attacks.filter(({ kind }) => values.only === undefined || kind === values.only);
const chosenServers = serverAttacks.filter(({ kind }) => values.only === undefined || kind === values.only);
if (chosen.length + chosenServers.length === 0)
  refuseUsage(
    `--only: give one of ${[...new Set([...attacks, ...serverAttacks].map(({ kind }) => kind))].join(", ")}.`,
  );

/** @param run tries an attack, and says what harm it did */
async function tryAll<Each extends { kind: string; name: string }>(
  where: string,
  tried: readonly Each[],
  run: (attack: Each) => Promise<string[]>,
): Promise<number> {
  let passed = 0;
  for (const attack of tried) {
    const harms = await run(attack);
    if (harms.length === 0) continue;
    passed++;
    console.error(`${where}: ${attack.kind}: ${attack.name}\n  ${harms.join("\n  ")}`);
  }
  console.log(`${where}: ${tried.length} attacks, ${passed} did harm`);
  return passed;
}

let harmful = 0;
for (const face of faces) harmful += await tryAll(face, chosen, (attack) => runAttack(attack, face));
harmful += await tryAll("a server of their own", chosenServers, (attack) => attack.run());
process.exitCode = harmful > 0 ? 1 : 0;
