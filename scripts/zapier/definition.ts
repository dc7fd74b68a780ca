/**
 * Writes what Zapier's zip begins with, from the app as the sources make it: everything that is data as data, and for each
 * function one that loads its step first (`zapier/perform-later.ts`). So a start makes no schema and no sample: they come
 * from the sources alone, and are the same every time.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import zapier from "zapier-platform-core";
import type { Place } from "../../zapier/perform-later.ts";
import type { BuildName } from "./builds.ts";

type Steps = Readonly<Record<string, object>>;
type App = { authentication: object; triggers: Steps; creates: Steps; searches: Steps; beforeRequest: unknown };

/** The files of the steps' code. Hooks need no schemas, and do not load what actions make them with. */
export const stepFiles = ["hooks", "actions"] as const;
type StepFile = (typeof stepFiles)[number];

/** A part of the app whose functions are in a module of their own. */
type Part = {
  bundle: StepFile;
  place: Place;
  value: object;
  file: string;
  /** The part, among what the module exports. */
  expression: string;
};

const root = join(import.meta.dirname, "../..");

/** The app as the sources make it for one of the builds, in a process that has not loaded it for the other. */
export async function loadApp(name: BuildName): Promise<App> {
  process.env.ONSYNC_ZAPIER_BUILD = name;
  return (await import("../../index.ts")).default as unknown as App;
}

type Handler = (event: { command: string; calledFromCli: true }) => Promise<{ results: unknown }>;
const { createAppHandler } = zapier as unknown as { createAppHandler(app: object): Handler };

/** What an app says of itself, as the platform tells it to Zapier. */
export async function readDefinition(app: object): Promise<string> {
  const { results } = await createAppHandler(app)({ command: "definition", calledFromCli: true });
  return JSON.stringify(results);
}

function listParts(app: App): Part[] {
  const steps = (["triggers", "creates", "searches"] as const).flatMap((kind) =>
    Object.entries(app[kind]).map(([key, value]) => {
      // A step's file is called as the step is.
      const file = `./${kind}/${key.replaceAll("_", "-")}.ts`;
      const bundle = kind === "triggers" ? "hooks" : "actions";
      return { bundle, place: [kind, key], value, file, expression: "default" } as const;
    }),
  );
  const authentication: Part = {
    bundle: "hooks",
    place: ["authentication"],
    value: app.authentication,
    file: "./zapier/connection/authentication.ts",
    expression: "createAuthentication()",
  };
  return [authentication, ...steps];
}

function findFunctions(value: unknown, place: Place = []): Place[] {
  if (typeof value === "function") {
    // Zapier is told how many arguments each takes.
    if (value.length !== 2) throw new Error(`${place.join(".")} must take z and the bundle`);
    return [place];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    findFunctions(each, [...place, Array.isArray(value) ? Number(name) : name]),
  );
}

/** @throws Error where a function would be missing in the zip, or be another one than in the sources */
async function checkParts({ beforeRequest: _ofEveryStart, ...app }: App, parts: readonly Part[]): Promise<void> {
  for (const { value, file, expression } of parts) {
    const module = (await import(pathToFileURL(join(root, file)).href)) as Record<string, unknown>;
    if (expression in module && module[expression] !== value) throw new Error(`${file} must have the step of its name`);
  }
  const ofParts = parts.reduce((count, { value }) => count + findFunctions(value).length, 0);
  if (findFunctions(app).length !== ofParts) throw new Error("the app has a function outside authentication and steps");
}

/** Functions leave `null`, in the place of which others are put: so the keys keep their order. */
function writeData(app: App): string {
  const json = JSON.stringify(app, (_key, value: unknown) => (typeof value === "function" ? null : value));
  // A text that is parsed takes half the time that it takes as code.
  return `JSON.parse(${JSON.stringify(json)})`;
}

/** The module that a start loads, with imports from the root of the sources. */
export async function writeStart(app: App): Promise<string> {
  const parts = listParts(app);
  await checkParts(app, parts);
  const calls = parts.map(({ bundle, place, value, file, expression }) => {
    const part = `app${place.map((name) => `[${JSON.stringify(name)}]`).join("")}`;
    const load = `async () => (await import("./${bundle}.js")).modules[${JSON.stringify(file)}]().${expression}`;
    return `performLater(${part}, ${JSON.stringify(findFunctions(value))}, ${load});`;
  });
  return `import { handOverPrepared } from "./zapier/connection/request-log.ts";
import { performLater } from "./zapier/perform-later.ts";
const app = ${writeData(app)};
app.beforeRequest = [handOverPrepared];
${calls.join("\n")}
export default app;
`;
}

/** A module that has steps' code. Each step's own modules run when it is first asked for: `require` has esbuild do so. */
export function writeSteps(app: App, file: StepFile): string {
  const files = listParts(app).flatMap((part) => (part.bundle === file ? [JSON.stringify(part.file)] : []));
  return `export const modules = {\n${files.map((each) => `${each}: () => require(${each}),`).join("\n")}\n};\n`;
}
