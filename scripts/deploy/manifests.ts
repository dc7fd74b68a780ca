/**
 * Holds deploy/'s manifests to the schemas of what reads them: Kubernetes and Cloud Run (Knative's Service) by the models of
 * these, fields that nobody knows by their types, compose.yaml by the Compose Specification. What is needed is installed into
 * `scripts/deploy/schemas` when it is missing.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseAllDocuments } from "yaml";

const root = join(import.meta.dirname, "../..");
const tools = join(import.meta.dirname, "schemas");

type Manifest = { apiVersion: string; kind: string; [more: string]: unknown };

/** Where the model of each kind is. */
const models: Readonly<Record<string, string>> = {
  "apps/v1 Deployment": "kubernetes-models/apps/v1/Deployment",
  "v1 Service": "kubernetes-models/v1/Service",
  "policy/v1 PodDisruptionBudget": "kubernetes-models/policy/v1/PodDisruptionBudget",
  "serving.knative.dev/v1 Service": "@kubernetes-models/knative/serving.knative.dev/v1/Service",
};

function findModel({ apiVersion, kind }: Manifest): string {
  const model = models[`${apiVersion} ${kind}`];
  if (model === undefined) throw new Error(`no model is known of ${apiVersion} ${kind}`);
  return model;
}

function readManifests(): { file: string; manifest: Manifest }[] {
  return ["kubernetes", "cloud-run"].flatMap((part) =>
    readdirSync(join(root, "deploy", part)).flatMap((name) => {
      const file = `deploy/${part}/${name}`;
      const documents = parseAllDocuments(readFileSync(join(root, file), "utf8"));
      return documents.map((document) => {
        if (document.errors[0]) throw document.errors[0];
        return { file, manifest: document.toJS() as Manifest };
      });
    }),
  );
}

/** @returns what the model of its kind finds wrong with it; `null`: nothing */
async function findFault(manifest: Manifest): Promise<string | null> {
  const { [manifest.kind]: Model } = await import(
    pathToFileURL(join(tools, "node_modules", `${findModel(manifest)}.js`)).href
  );
  try {
    new Model(manifest).validate();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** @returns what the compiler says of fields that no schema knows, which the models let pass; empty: nothing */
function findUnknownFields(manifests: readonly Manifest[]): string {
  const folder = mkdtempSync(join(tmpdir(), "onsync-manifests-"));
  try {
    symlinkSync(join(tools, "node_modules"), join(folder, "node_modules"));
    const lines = manifests.flatMap((manifest, index) => [
      `import type { I${manifest.kind} as Kind${index} } from ${JSON.stringify(findModel(manifest))};`,
      `export const manifest${index}: Kind${index} = ${JSON.stringify(manifest)};`,
    ]);
    writeFileSync(join(folder, "manifests.ts"), lines.join("\n"));
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--types", ""];
    const done = spawnSync(join(root, "node_modules/.bin/tsc"), [...options, "manifests.ts"], {
      cwd: folder,
      encoding: "utf8",
    });
    return done.status === 0 ? "" : done.stdout + done.stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A manifest with a field of its pod misspelled, and one with a number where a text belongs. */
function spoil(manifest: Manifest): { misspelled: Manifest; mistyped: Manifest } {
  const text = JSON.stringify(manifest);
  return {
    misspelled: JSON.parse(text.replace('"livenessProbe"', '"livenesProbe"')),
    mistyped: JSON.parse(text.replace(/"image":"[^"]*"/, '"image":7')),
  };
}

/** @throws Error where a manifest is not what its schema says, or the check would not notice */
export async function checkManifests(): Promise<void> {
  if (!existsSync(join(tools, "node_modules")))
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], { cwd: tools });
  const read = readManifests();
  for (const { file, manifest } of read) {
    const fault = await findFault(manifest);
    if (fault !== null) throw new Error(`${file}, ${manifest.kind}: ${fault}`);
  }
  const unknown = findUnknownFields(read.map(({ manifest }) => manifest));
  if (unknown !== "") throw new Error(unknown);

  const spoilt = read.filter(({ manifest }) => JSON.stringify(manifest).includes("livenessProbe"));
  for (const { file, manifest } of spoilt)
    if ((await findFault(spoil(manifest).mistyped)) === null) throw new Error(`${file}: a wrong type is not noticed`);
  const found = findUnknownFields(spoilt.map(({ manifest }) => spoil(manifest).misspelled));
  if (found.split("livenesProbe").length <= spoilt.length) throw new Error("a misspelled field is not noticed");
  console.log(`${read.length} manifests of Kubernetes and Cloud Run are what their schemas say`);

  execFileSync(join(tools, "node_modules/.bin/dclint"), ["--quiet", join(root, "deploy/compose.yaml")]);
  console.log("compose.yaml is what the Compose Specification says");
}

if (import.meta.main) await checkManifests();
