/** `onsync import contacts --orgs`: an import for each org, their keys kept to themselves, one line for what came of each. */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { createOnSync, fetchTransport } from "../../../src/client/index.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
// What the command loads on demand: see test/cli/command.ts.
import "../../../src/data/index.ts";
import "../../../cli/import/orgs/run-orgs.ts";
import { onsync } from "../command.ts";

let reference: Reference;
let folder: ReturnType<typeof temporaryFolder>;
let env: Record<string, string>;
let keys: Record<"acme" | "globex", string>;

const contacts = {
  acme: "First Name,Mobile\nSara,050 000 0000\nAli,050 111 1111\n",
  globex: "Vorname;Handy;Firma\nEva;0171 2345678;Initech\nUwe;12;\n",
};

function write(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

beforeEach(async () => {
  reference = createReference();
  folder = temporaryFolder();
  const { url } = await reference.listen();
  env = { ONSYNC_BASE_URL: url, XDG_STATE_HOME: join(folder.path, "state") };
  const makeKey = async (name: string) => {
    const { id } = await reference.control.createOrg({ name });
    return (await reference.control.createKey({ orgId: id })).key;
  };
  keys = { acme: await makeKey("acme"), globex: await makeKey("globex") };
  for (const [name, text] of Object.entries(contacts)) write(`${name}.csv`, text);
  for (const [name, key] of Object.entries(keys)) write(`${name}.key`, `${key}\n`);
});
afterEach(async () => {
  await reference.close();
  folder[Symbol.dispose]();
});

const both = [
  { org: "acme", keyFile: "acme.key", file: "acme.csv", country: "AE" },
  { org: "globex", keyFile: "globex.key", file: "globex.csv", country: "DE", map: "Firma=properties.company" },
];

function writeOrgs(lines: readonly object[]): string {
  return write("orgs.json", JSON.stringify(lines));
}

function run(file: string, args: readonly string[] = ["--yes", "--json"], more: Parameters<typeof onsync>[1] = {}) {
  return onsync(["import", "contacts", "--orgs", file, ...args], { env, ...more });
}

function eventsOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function namesAt(key: string): Promise<unknown[]> {
  const transport = fetchTransport((request) => reference.fetch(request));
  const found: unknown[] = [];
  const client = createOnSync({ apiKey: key, baseUrl: "http://127.0.0.1/v1", transport });
  for await (const { firstName } of client.contacts.iterate()) found.push(firstName);
  return found.sort();
}

test("each org's contacts are imported by its own key, and a line says what came of each", async () => {
  const { code, stdout } = await run(writeOrgs(both));
  const events = eventsOf(stdout);
  expect(code).toBe(3);
  expect(events.slice(0, 2)).toMatchObject([
    { plan: true, org: "acme", requests: 2 },
    { plan: true, org: "globex", requests: 1, invalid: 1 },
  ]);
  expect(events.filter(({ refused }) => refused === true)).toMatchObject([{ org: "globex", line: 3, field: "phone" }]);
  expect(events.filter(({ done }) => done).sort((a, b) => (String(a.org) < String(b.org) ? -1 : 1))).toMatchObject([
    { org: "acme", rows: 2, created: 2, refused: 0, errors: null },
    { org: "globex", rows: 2, created: 1, refused: 1, errors: join(folder.path, "globex.refused.csv") },
  ]);
  expect([await namesAt(keys.acme), await namesAt(keys.globex)]).toEqual([["Ali", "Sara"], ["Eva"]]);
});

test("a plan of all, for a person: a line each, and when the last is done", async () => {
  const { code, stdout } = await run(writeOrgs(both), ["--dry-run"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^org +file +rows +not valid +share an identifier +unchanged +requests +done at\n/);
  expect(stdout).toMatch(/\nacme +\S+acme\.csv +2 +0 +0 +0 +2 +\d{4}-/);
  expect(stdout).toMatch(/3 requests: the last is done at \d{4}-\d\d-\d\d \d\d:\d\d\n$/);
  expect(await namesAt(keys.acme)).toEqual([]);
  expect(readdirSync(folder.path).filter((name) => name.endsWith(".journal"))).toEqual(["globex.csv.journal"]);
});

test.each<[string, (lines: typeof both) => object[]]>([
  ["its file is not there", ([acme, globex]) => [{ ...acme, file: "none.csv" }, globex as object]],
  [
    "OnSync refuses its key",
    ([acme, globex]) => [{ org: "acme", key: "onsync_pk_test_of_nobody", file: acme?.file }, globex as object],
  ],
  ["its address leads nowhere", ([acme, globex]) => [{ ...acme, baseUrl: "ftp://127.0.0.1" }, globex as object]],
])("one whose import fails, since %s, ends with exit code 1, and the others are done", async (_why, change) => {
  const { code, stdout, stderr } = await run(writeOrgs(change(both)), ["--yes", "--json", "--country", "AE"]);
  expect(code).toBe(1);
  const ends = eventsOf(stdout).filter(({ done, failed }) => done || failed);
  expect(ends).toHaveLength(2);
  expect(ends.find(({ org }) => org === "acme")).toMatchObject({ failed: true, error: expect.stringMatching(/.{20}/) });
  expect(ends.find(({ org }) => org === "globex")).toMatchObject({ done: true, created: 1 });
  expect(stdout + stderr).not.toContain("of_nobody");
});

test("again means go on: what was sent is unchanged, for each org", async () => {
  const file = writeOrgs(both);
  await run(file);
  const { code, stdout } = await run(file, ["--yes"]);
  expect(code).toBe(3);
  expect(stdout).toContain("acme: Done: 2 rows, 0 created, 0 updated, 2 unchanged, 0 refused; 0 requests\n");
  expect(stdout).toContain("globex: Done: 2 rows, 0 created, 0 updated, 1 unchanged, 1 refused; 0 requests; what was");
});

test("no key reaches the output or a file that is written, wherever it came from", async () => {
  const file = write(
    "orgs.csv",
    `org,key,keyEnv,file,country\nacme,${keys.acme},,acme.csv,AE\nglobex,,GLOBEX,globex.csv,DE\n`,
  );
  const { stdout, stderr, code } = await run(file, ["--yes", "--json"], { env: { ...env, GLOBEX: keys.globex } });
  expect(code).toBe(3);
  const written = readdirSync(folder.path, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder.path, name))
    .filter((path) => statSync(path).isFile() && !/orgs\.csv$|\.key$/.test(path))
    .map((path) => readFileSync(path, "latin1"));
  expect(written.length).toBeGreaterThan(4);
  for (const text of [stdout, stderr, ...written])
    for (const key of Object.values(keys)) expect(text).not.toContain(key);
  expect(stderr).toContain("others on this machine can read the keys");
  chmodSync(file, 0o600);
  expect((await run(file, ["--yes"], { env: { ...env, GLOBEX: keys.globex } })).stderr).not.toContain("others");
});

test("two lines of one org take one budget together; two orgs take one each", async () => {
  write("more.csv", "First Name,Mobile\nEve,050 222 2222\n");
  const [acme, globex] = both;
  const lines = [acme, { ...acme, file: "more.csv" }, globex] as object[];
  const { stdout } = await run(writeOrgs(lines), ["--dry-run", "--json", "--budget", "1%"]);
  expect(eventsOf(stdout)).toHaveLength(3);
  const { code } = await run(writeOrgs(lines), ["--yes", "--json"]);
  expect(code).toBe(3);
  const { openSqliteLedger } = await import("../../../src/ledger/index.ts");
  const ledger = await openSqliteLedger({ file: join(folder.path, "state", "onsync", "sends.db") });
  const count = async (org: string) => {
    const limits = [1, 2, 3, 4].map((limit) => ({ limit, windowMs: 3_600_000 }));
    for (const limit of limits) {
      const admission = await ledger.admit(`requests ${env.ONSYNC_BASE_URL} ${org}`, [limit]);
      if (admission.admitted) return limit.limit - 1;
    }
    return Number.NaN;
  };
  expect([await count("acme"), await count("globex")]).toEqual([3, 1]);
  await ledger.close();
});

describe("it is refused with exit code 2, line and fix, and no key is shown:", () => {
  test.each<[string, string, string]>([
    ["no org", "[]", "names no org"],
    ["no list", '[{"org": "acme", "key": "onsync_pk_test_secret"', "is none that can be read"],
    [
      "a line that is no object",
      '{"org":"acme","key":"onsync_pk_test_secret","file":"acme.csv"}\nonsync_pk_test_secret',
      "line 2 is no JSON object",
    ],
    ["a line without an org", '[{"key":"k","file":"acme.csv"}]', "org: it is missing"],
    ["no key", '[{"org":"acme","file":"acme.csv"}]', "line 1: give acme one of key, keyFile"],
    [
      "two keys",
      '[{"org":"acme","key":"onsync_pk_test_secret","keyEnv":"A","file":"acme.csv"}]',
      "one of key, keyFile",
    ],
    [
      "a key where the variable's name belongs",
      '[{"org":"acme","keyEnv":"onsync_pk_test_secret","file":"acme.csv"}]',
      "that keyEnv names is not set",
    ],
    [
      "a variable that is not set",
      '[{"org":"acme","keyEnv":"ACME_KEY","file":"acme.csv"}]',
      "the variable ACME_KEY is not set",
    ],
    ["a key file that is not there", '[{"org":"acme","keyFile":"none","file":"acme.csv"}]', "cannot be read (ENOENT)"],
    [
      "a field that there is not",
      '[{"org":"acme","keyEnv":"A","file":"a","colour":"red"}]',
      "colour: there is no such field",
    ],
    [
      "a CSV without a line of names",
      "acme,onsync_pk_test_secret,acme.csv\nglobex,onsync_pk_test_secret,globex.csv",
      "there is no such field",
    ],
    ["a share that is none", '[{"org":"acme","keyEnv":"A","file":"a","budget":"0%"}]', "budget: must be a share"],
    ["a policy that there is not", '[{"org":"acme","keyEnv":"A","file":"a","onDuplicate":"ask"}]', "onDuplicate: "],
    ["a name of two lines", '[{"org":"ac\\nme","keyEnv":"A","file":"a"}]', "org: must be one line"],
    ["one file twice", '[{"org":"a","key":"k","file":"acme.csv"},{"org":"b","key":"k","file":"acme.csv"}]', "line 2: "],
  ])("%s", async (_what, text, message) => {
    const { code, stdout, stderr } = await run(write("orgs", text));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("onsync_pk_test_secret");
  });

  test.each<[string, string[], string]>([
    ["a file beside --orgs", ["contacts.csv"], "it names the files itself"],
    ["--journal", ["--journal", "j"], "--journal: with --orgs, write it into the line of the org that it is for"],
    ["nobody to ask", [], "say --yes"],
    ["--on-duplicate ask", ["--on-duplicate", "ask"], "give skip, first or newest"],
  ])("%s", async (_what, args, message) => {
    const { code, stderr } = await run(writeOrgs(both), args);
    expect({ code, says: stderr.includes(message) ? message : stderr }).toEqual({ code: 2, says: message });
  });
});

test("on a terminal it asks once for all", async () => {
  const no = await run(writeOrgs(both), [], { tty: true, stdin: "n\n" });
  expect({ code: no.code, asked: no.stderr.includes("Go on with 2 orgs, 3 requests? [y/N]") }).toEqual({
    code: 1,
    asked: true,
  });
  const yes = await run(writeOrgs(both), [], { tty: true, stdin: "y\n" });
  expect(yes.code).toBe(3);
  expect(await namesAt(keys.acme)).toHaveLength(2);
});

test("unless told otherwise, 32 requests are under way at once", async () => {
  const { stdout } = await onsync(["import", "contacts", "--help"]);
  expect(stdout.replace(/\s+/g, " ")).toContain("which the orgs share evenly (default: 32)");
});
