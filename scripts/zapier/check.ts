/**
 * Runs the zip that `npm run zapier:build` made as Zapier would: unzipped, on Node 22, a trigger, an action and a search
 * against the reference API, which stands in for OnSync under its own name. Checks the zip's size, that undici stayed out of
 * it, and that the key goes where it belongs. A zip that passes is noted: `npm run zapier:upload` takes no other.
 *
 *   node scripts/zapier/check.ts [--staging] [--node PATH_OF_NODE_22]
 *
 * Without a path, node@22 is installed into a folder of its own.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { createReference } from "../../reference/index.ts";
import { defaultBaseUrl, sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";
import { type BuildName, findBuildFiles, readRecord, writeRecord } from "./builds.ts";
import { loadApp, readDefinition } from "./definition.ts";
import { standIn } from "./stand-in.ts";

const maxZipBytes = 650 * 1024;
const onsync = new URL(defaultBaseUrl).host;
const { values } = parseArgs({
  options: { staging: { type: "boolean", default: false }, node: { type: "string" } },
});
const buildName: BuildName = values.staging ? "staging" : "public";
const root = join(import.meta.dirname, "../..");
const { zip } = findBuildFiles(root, buildName);
const folder = realpathSync(mkdtempSync(join(tmpdir(), "onsync-zapier-check-")));
const app = join(folder, "app");

type Answer = { results?: unknown; error?: string; hosts: string[] };
type Run = Answer & { text: string; rows: Record<string, unknown>[] };

function findNode22(): string {
  if (values.node !== undefined) return values.node;
  execFileSync("npm", ["install", "--silent", "--no-save", "--prefix", join(folder, "node22"), "node@22"], {
    stdio: "inherit",
  });
  return join(folder, "node22", "node_modules", ".bin", "node");
}

function ensure(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

const reference = createReference();
const stand = await standIn(reference, onsync);
const { url } = await reference.listen();
const authData = { api_key: reference.key, ...(buildName === "staging" && { base_url: url }) };

function createEvent(method: string, bundle: object): object {
  return { command: "execute", method, bundle: { authData, inputData: {}, meta: {}, ...bundle } };
}

/** Runs the events one after the other in one process of Zapier's. */
async function runEvents(events: object[]): Promise<{ node: string; answers: Answer[] }> {
  const trusted = join(folder, "onsync.pem");
  writeFileSync(trusted, stand.certificate);
  const { stdout } = await promisify(execFile)(
    findNode22(),
    [join(import.meta.dirname, "runner.mjs"), JSON.stringify(events)],
    {
      cwd: app,
      timeout: 120_000,
      env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: trusted, ONSYNC_STANDS_IN: String(stand.port) },
    },
  );
  return JSON.parse(stdout.trim().split("\n").at(-1) as string);
}

/** What the app says of itself, as Zapier is told when it is uploaded. @returns its version */
function checkDefinition(text: string): string {
  const { authentication, version } = JSON.parse(text) as {
    authentication: { fields: { key: string }[] };
    version: string;
  };
  const keys = authentication.fields.map(({ key }) => key);
  const asksForAddress = keys.includes("base_url");
  ensure(asksForAddress === (buildName === "staging"), `the ${buildName} build's connection asks for ${keys}`);
  if (buildName === "public")
    ensure(!/http:\/\/|localhost|127\.0\.0\.1|staging|sandbox/i.test(text), "the public build names a test system");
  return version;
}

/** A contact saved, found, and triggered on; the key is told to the build's own host alone. */
async function checkRuns(): Promise<string> {
  const phone = "+971500000000";
  const secret = "a secret of the subscription";
  const content = JSON.stringify(sampleEvent("contact.created"));
  const headers = { "Http-X-Onsync-Signature": signPayload(content, secret) };
  const { node, answers } = await runEvents([
    createEvent("creates.save_contact.operation.perform", { inputData: { phone, firstName: "Sara" } }),
    createEvent("searches.find_contact.operation.perform", { inputData: { phone } }),
    createEvent("triggers.contact_created.operation.perform", {
      subscribeData: { id: "wh_1", secret },
      rawRequest: { method: "POST", headers, content },
    }),
    { command: "validate" },
    createEvent("authentication.test", { authData: { ...authData, base_url: url } }),
  ]);
  const [saved, found, triggered, validated, elsewhere] = answers.map((answer) => ({
    ...answer,
    text: JSON.stringify(answer),
    rows: [answer.results].flat() as Record<string, unknown>[],
  })) as [Run, Run, Run, Run, Run];
  ensure(/^v22\./.test(node), `it ran on ${node}`);
  ensure(String(saved.rows[0]?.id).startsWith("contact_"), `save_contact answered ${saved.text}`);
  ensure(found.rows[0]?.id === saved.rows[0]?.id, `find_contact answered ${found.text}`);
  ensure(triggered.rows[0]?.firstName === "Sara", `contact_created answered ${triggered.text}`);
  ensure(JSON.stringify(validated.results) === "[]", `Zapier's validation answered ${validated.text}`);
  const expected = buildName === "public" ? onsync : "127.0.0.1";
  for (const { hosts } of [saved, found]) ensure(hosts.join() === expected, `the key went to ${hosts}`);
  if (buildName === "public")
    ensure(
      elsewhere.hosts.length === 0 && /ExpiredAuthError.*Reconnect OnSync/s.test(elsewhere.error ?? ""),
      `a connection that was made for another address answered ${elsewhere.text}`,
    );
  else ensure(elsewhere.rows[0]?.id === reference.orgId, `the connection's test answered ${elsewhere.text}`);
  return node;
}

try {
  const built = readRecord(root, buildName, "built");
  ensure(built, `${zip} is not one that npm run zapier:build made`);
  const size = statSync(zip).size;
  ensure(size < maxZipBytes, `${zip} has ${size} bytes: more than ${maxZipBytes}`);
  execFileSync("unzip", ["-q", zip, "-d", app]);
  for (const file of readdirSync(join(app, "dist"))) {
    const code = readFileSync(join(app, "dist", file), "utf8");
    ensure(!/["']undici["']|UND_ERR_INVALID_ARG/.test(code), `undici is in ${file}`);
  }
  const node = await checkRuns();
  const definition = readFileSync(join(app, "definition.json"), "utf8");
  const ofSources = await readDefinition(await loadApp(buildName));
  ensure(JSON.stringify(JSON.parse(definition)) === ofSources, "the zip's definition is not the one of the sources");
  const version = checkDefinition(definition);
  ensure(version === built.version, `the app says that it has version ${version}, not ${built.version}`);
  writeRecord(root, buildName, "tested", built);
  console.log(
    `${buildName} build, ${Math.ceil(size / 1024)} KB; an action, a search and a trigger ran on Node ${node}, and its key went to ${buildName === "public" ? onsync : "the address of its connection"} alone`,
  );
} finally {
  await stand.close();
  await reference.close();
  rmSync(folder, { recursive: true });
}
