/**
 * Runs what `npm run zapier:build` made as Zapier would: unzipped, on Node 22, a trigger, an action and a search against
 * the reference API. Checks the zip's size and that undici stayed out of it.
 *
 *   node scripts/zapier/check.ts [--node PATH_OF_NODE_22]     without it, node@22 is installed into a folder of its own
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { createReference } from "../../reference/index.ts";
import { sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";

const maxZipBytes = 750 * 1024;
const root = join(import.meta.dirname, "../..");
const zip = join(root, "build", "zapier.zip");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "onsync-zapier-check-")));

function findNode22(): string {
  const { values } = parseArgs({ options: { node: { type: "string" } } });
  if (values.node !== undefined) return values.node;
  execFileSync("npm", ["install", "--silent", "--no-save", "--prefix", join(folder, "node22"), "node@22"], {
    stdio: "inherit",
  });
  return join(folder, "node22", "node_modules", ".bin", "node");
}

/** Runs in Node 22, in the unzipped build: the events come as an argument, the answers go to stdout, one line. */
const runner = `
  const { handler } = await import("./zapierwrapper.js");
  const answers = [];
  for (const event of JSON.parse(process.argv[1])) {
    const { results } = await handler({ command: "execute", calledFromCliInvoke: true, customLogger: () => {}, zcacheTestObj: {}, ...event });
    answers.push(results);
  }
  process.stdout.write("\\n" + JSON.stringify({ node: process.version, answers }) + "\\n", () => process.exit(0));
`;

function ensure(condition: unknown, message: string): void {
  if (!condition) throw new Error(message);
}

const reference = createReference();
try {
  const size = statSync(zip).size;
  ensure(size < maxZipBytes, `${zip} has ${size} bytes: more than ${maxZipBytes}`);
  execFileSync("unzip", ["-q", zip, "-d", join(folder, "app")]);
  const bundle = readFileSync(join(folder, "app", "dist", "index.js"), "utf8");
  ensure(!/["']undici["']|UND_ERR_INVALID_ARG/.test(bundle), "undici is in the bundle");

  const { url } = await reference.listen();
  const phone = "+971500000000";
  const secret = "a secret of the subscription";
  const delivery = JSON.stringify(sampleEvent("contact.created"));
  const run = (method: string, bundleOfRun: object) => ({
    method,
    bundle: { authData: { api_key: reference.key, base_url: url }, inputData: {}, meta: {}, ...bundleOfRun },
  });
  const events = [
    run("creates.save_contact.operation.perform", { inputData: { phone, firstName: "Sara" } }),
    run("searches.find_contact.operation.perform", { inputData: { phone } }),
    run("triggers.contact_created.operation.perform", {
      subscribeData: { id: "wh_1", secret },
      rawRequest: {
        method: "POST",
        headers: { "Http-X-Onsync-Signature": signPayload(delivery, secret) },
        content: delivery,
      },
    }),
  ];
  const { stdout } = await promisify(execFile)(
    findNode22(),
    ["--input-type=module", "-e", runner, JSON.stringify(events)],
    {
      cwd: join(folder, "app"),
      timeout: 60_000,
    },
  );
  const { node, answers } = JSON.parse(stdout.trim().split("\n").at(-1) as string);
  const [saved, found, triggered] = answers;
  ensure(/^v22\./.test(node), `it ran on ${node}`);
  ensure(saved.id?.startsWith("contact_"), `save_contact answered ${JSON.stringify(saved)}`);
  ensure(found[0]?.id === saved.id, `find_contact answered ${JSON.stringify(found)}`);
  ensure(triggered[0]?.firstName === "Sara", `contact_created answered ${JSON.stringify(triggered)}`);
  console.log(`${Math.ceil(size / 1024)} KB; an action, a search and a trigger ran on Node ${node}`);
} finally {
  await reference.close();
  rmSync(folder, { recursive: true });
}
