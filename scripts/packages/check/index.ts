/**
 * Judges the packages from outside: `node scripts/packages/check/index.ts [--node 18,20.19.0,22,24] [--only TEXT]`. Builds them,
 * installs the tarballs into an empty folder, and has there
 *
 * - publint and "are the types wrong" look at them
 * - strict TypeScript compile what uses them, in each way of finding modules
 * - the examples and the READMEs run: on the Nodes named, on Bun, and the worker on workerd
 * - a Node that is too old be told so
 *
 * Each prints a line; any that fails makes the exit code 1.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createReference } from "../../../reference/index.ts";
import { buildPackages } from "../build.ts";
import { describeRange } from "../node-version.ts";
import { nodeOf, packages } from "../table.ts";
import { checkReadme, checkWorker, listExamples, type Surroundings } from "./recipes.ts";
import { checkTypes } from "./types.ts";
import { findNode, openWorkshop, run, type Workshop } from "./workshop.ts";

const { values } = parseArgs({
  options: { node: { type: "string", default: "18,20.19.0,22,24" }, only: { type: "string", default: "" } },
});

type Check = () => Promise<void>;

/** Says what became of each check; one after another, since each may start servers. */
async function perform(checks: Record<string, Check>): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    if (!name.includes(values.only)) continue;
    const started = performance.now();
    try {
      await check();
      console.log(`ok      ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      console.log(`not ok  ${name}: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
}

function listLooks({ folder, find }: Workshop, tarballs: readonly string[]): Record<string, Check> {
  const looks = tarballs.flatMap((tarball, index) => {
    const { name, entries } = packages[index] as (typeof packages)[number];
    const publint: Check = async () => void (await run(find("publint"), ["--strict", tarball], { cwd: folder }));
    // The packages are ES modules alone: that CommonJS has to import them is meant.
    const types: Check = async () =>
      void (await run(find("attw"), [tarball, "--profile", "esm-only", "--no-emoji"], { cwd: folder }));
    return [
      [`publint: ${name}`, publint] as const,
      ...(Object.keys(entries).length > 0 ? [[`are the types wrong: ${name}`, types] as const] : []),
    ];
  });
  return Object.fromEntries(looks);
}

/** What each package for Node alone says on one that it does not run on. */
async function checkTooOld({ folder }: Workshop, node: string, major: number): Promise<void> {
  for (const { name, entries, runsAnywhere, ...rest } of packages) {
    if (runsAnywhere && major >= 20) continue;
    const wanted = `needs ${describeRange(nodeOf({ name, entries, ...rest }))}, and this is v`;
    const what =
      Object.keys(entries).length > 0
        ? ["--input-type=module", "-e", `await import("${name}")`]
        : [join(folder, "node_modules", name, "dist/onsync.js"), "--version"];
    const said = await run(node, what, { cwd: folder }).then(
      () => "nothing",
      (error: Error) => error.message,
    );
    if (!said.includes(wanted)) throw new Error(`${name} said ${said}`);
  }
}

async function listRuns(surroundings: Surroundings): Promise<Record<string, Check>> {
  const checks: Record<string, Check> = {};
  for (const version of values.node.split(",")) {
    const node = await findNode(version);
    const major = Number.parseInt(version, 10);
    for (const [name, check] of Object.entries(listExamples(surroundings, node))) {
      // The tests are with the reference, which needs a newer one.
      if (major < 20 || (major < 22 && ["vitest", "jest"].includes(name))) continue;
      checks[`Node ${version}: examples/${name}`] = check;
    }
    for (const { name, runsAnywhere } of packages)
      if (major >= 22 || (major >= 20 && runsAnywhere))
        checks[`Node ${version}: the README of ${name}`] = () => checkReadme(surroundings, name, node);
    if (major < 22)
      checks[`Node ${version}: what needs a newer one says so`] = () => checkTooOld(surroundings.workshop, node, major);
  }
  const bun = surroundings.workshop.find("bun");
  const onBun = listExamples(surroundings, bun);
  for (const name of ["express", "fastify", "hono", "commonjs"]) checks[`Bun: examples/${name}`] = onBun[name] as Check;
  checks["workerd: examples/worker"] = () => checkWorker(surroundings);
  return checks;
}

const out = mkdtempSync(join(tmpdir(), "onsync-tarballs-"));
const tarballs = await buildPackages(out);
using workshop = await openWorkshop(tarballs);
const reference = createReference();
const { url } = await reference.listen();
await reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Where is my order?" });
try {
  const environment = {
    PATH: process.env.PATH,
    HOME: workshop.folder,
    ONSYNC_API_KEY: reference.key,
    ONSYNC_BASE_URL: url,
  };
  await perform({
    ...listLooks(workshop, tarballs),
    "strict TypeScript: node16, nodenext, bundler": () => checkTypes(workshop),
    ...(await listRuns({ workshop, environment })),
  });
} finally {
  await reference.close();
  rmSync(out, { recursive: true });
}
