/** `onsync sync`: the plan, the places, the JSON lines, the file of conflicts and the exit codes. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { peerOf } from "../../../testing/virtual-pair.ts";
// What the command loads on demand: see test/cli/command.ts.
import "../../../src/data/index.ts";
import { onsync } from "../command.ts";

let reference: Reference;
let folder: ReturnType<typeof temporaryFolder>;
let requests: number;
let env: Record<string, string>;
let file: string;

beforeEach(async () => {
  requests = 0;
  reference = createReference({ log: () => (requests += 1) });
  folder = temporaryFolder();
  const { url } = await reference.listen();
  env = { ONSYNC_BASE_URL: url, ONSYNC_API_KEY: reference.key, XDG_STATE_HOME: join(folder.path, "state") };
  file = join(folder.path, "crm.csv");
  writeFileSync(file, "ID,First Name,Mobile,Stage\n1,Sara,050 000 0000,new\n2,Ali,12,\n");
});
afterEach(async () => {
  await reference.close();
  folder[Symbol.dispose]();
});

function run(args: readonly string[], more: Parameters<typeof onsync>[1] = {}) {
  return onsync(["sync", ...args], { env, ...more });
}

function both(...args: string[]) {
  return run(["--from", file, "--to", file, "--country", "AE", ...args]);
}

function lines(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("a dry run says the direction, each field's owner and what it takes, without a request, a key or a file", async () => {
  const { code, stdout } = await run(
    ["--from", file, "--to", file, "--map", "Stage=properties.stage", "--owner", "properties.stage=inbox", "--dry-run"],
    {
      env: { ...env, ONSYNC_API_KEY: "" },
    },
  );
  expect(code).toBe(0);
  expect(stdout).toContain("2 rows (CSV, UTF-8, separated by commas), both ways");
  expect(stdout).toMatch(/ {2}ID +is externalId +owned by the CRM\n/);
  expect(stdout).toMatch(/ {2}First Name +is firstName +owned by nobody\n/);
  expect(stdout).toMatch(/ {2}Stage +is properties.stage +owned by the inbox\n/);
  expect(stdout).toContain("Rows and contacts that are deleted on one side stay on the other");
  expect(stdout).toMatch(/3 requests at 600 an hour of the org's 1,000: done at \d{4}-/);
  expect(readdirSync(folder.path).sort()).toEqual(["crm.csv", "state"]);
  expect(requests).toBe(0);
});

test("conflicts end it with exit code 3, as lines and in a file, which goes when they are decided", async () => {
  const { code, stdout } = await both("--yes", "--json");
  expect(code).toBe(3);
  const told = lines(stdout);
  expect(told[0]).toMatchObject({
    plan: true,
    rows: 2,
    new: 2,
    conflicts: 0,
    owners: { phone: "either", externalId: "crm" },
  });
  expect(told[1]).toMatchObject({ conflict: true, line: 3, key: "2", field: "phone", crm: "12", inbox: "" });
  const conflictsFile = join(folder.path, "crm.conflicts.csv");
  expect(told.at(-1)).toMatchObject({ done: true, rows: 2, created: 2, conflicts: 1, conflictsFile });
  expect(readFileSync(conflictsFile, "utf8")).toContain('"3","2","contact_');
  writeFileSync(file, readFileSync(file, "utf8").replace(",12,", ",050 222 2222,"));
  const again = await both("--yes");
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(
    /^Done: 2 rows; in OnSync 0 created, 1 updated; in the CRM 0 changed, 0 added; 0 conflicts, 2 requests/m,
  );
  expect(existsSync(conflictsFile)).toBe(false);
});

test("what the inbox has changed is in the file after it", async () => {
  await both("--yes");
  for await (const { id, firstName } of peerOf(reference).contacts.iterate())
    if (firstName === "Sara") await peerOf(reference).contacts.update(id, { firstName: "=HYPERLINK(1)" });
  await both("--yes");
  expect(readFileSync(file, "utf8")).toBe("ID,First Name,Mobile,Stage\n1,'=HYPERLINK(1),050 000 0000,new\n2,Ali,12,\n");
});

test("in one direction the side that it comes from counts", async () => {
  expect((await run(["--from", file, "--country", "AE", "--dry-run"])).stdout).toMatch(
    /from the CRM to OnSync\n[\s\S]*is phone +owned by the CRM/,
  );
  expect((await run(["--to", file, "--country", "AE", "--dry-run"])).stdout).toMatch(
    /from OnSync to the CRM\n[\s\S]*is phone +owned by the inbox/,
  );
});

test("a file that is not there takes the rows that the inbox has changed", async () => {
  const changes = join(folder.path, "changes.csv");
  const more = ["--country", "AE", "--map", "Stage=properties.stage", "--yes"];
  const sync = () => run(["--from", file, "--to", changes, ...more]);
  await sync();
  for await (const { id, firstName } of peerOf(reference).contacts.iterate())
    if (firstName === "Sara") await peerOf(reference).contacts.update(id, { firstName: "Zara" });
  await sync();
  expect(readFileSync(changes, "utf8")).toBe('"ID","First Name","Mobile","Stage"\r\n1,Zara,050 000 0000,new\r\n');
  writeFileSync(changes, "ID,Mobile\r\n");
  const { code, stderr } = await sync();
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("has no column that is firstName") });
});

test("with --every it is done again until it is stopped, and what was changed meanwhile is seen", async () => {
  const running = both("--yes", "--every", "1s", "--json", "--state", join(folder.path, "my.state"));
  const contacts = peerOf(reference).contacts;
  const edited = Promise.withResolvers<void>();
  const watch = setInterval(async () => {
    if (!readFileSync(file, "utf8").includes("Zara")) {
      const { data } = await contacts.list({ phone: "+971500000000" });
      if (data[0]?.firstName === "Sara") await contacts.update(data[0].id, { firstName: "Zara" });
    } else edited.resolve();
  }, 50);
  await edited.promise;
  clearInterval(watch);
  process.emit("SIGTERM", "SIGTERM");
  const { code, stdout } = await running;
  expect(code).toBe(0);
  expect(lines(stdout).filter(({ done }) => done).length).toBeGreaterThan(1);
  expect(existsSync(join(folder.path, "my.state"))).toBe(true);
  expect(existsSync(`${file}.sync`)).toBe(false);
}, 30_000);

test("--budget is a share of the org's hour", async () => {
  const { stdout } = await both("--dry-run", "--budget", "25%");
  expect(stdout).toContain("at 250 an hour of the org's 1,000");
});

describe("what does not fit is said with what to write instead", () => {
  test.each<[string, () => string[], string]>([
    ["no place", () => [], "Say where the CRM's contacts are: --from FILE, --to FILE, or both"],
    ["stdin", () => ["--from", "-"], "name a file, not - (stdin)"],
    ["a table of no Postgres", () => ["--from", file, "--table", "x"], "neither --from nor --to is a Postgres"],
    ["a Postgres without a table", () => ["--from", "postgres://db/crm"], "--table: say which table"],
    ["an owner that is none", () => ["--from", file, "--owner", "phone=me"], "an owner is crm, inbox or either"],
    ["an owner of no column", () => ["--from", file, "--owner", "email=crm"], "no column is email"],
    ["a column that is not there", () => ["--from", file, "--key", "nope"], 'has no column "nope"'],
    [
      "events that are not there",
      () => ["--from", file, "--events", "nope.db"],
      "--events: there is no event file nope.db",
    ],
    ["a time that is none", () => ["--from", file, "--every", "soon"], "Give how long to wait between two"],
    ["no terminal to ask on", () => ["--from", file], "say --yes to go on with this plan"],
  ])("%s", async (_what, args, message) => {
    const { code, stderr } = await run(args());
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(requests).toBe(0);
  });

  test("a file of conflicts that is something else", async () => {
    writeFileSync(join(folder.path, "mine.csv"), "mine\n");
    const { code, stderr } = await both("--yes", "--conflicts", join(folder.path, "mine.csv"));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("has no conflicts: move it away") });
    expect(readFileSync(join(folder.path, "mine.csv"), "utf8")).toBe("mine\n");
  });

  test("a state of another OnSync", async () => {
    await both("--yes");
    const { code, stderr } = await run(["--from", file, "--to", file, "--dry-run"], {
      env: { ...env, ONSYNC_BASE_URL: "http://127.0.0.1:1/v1" },
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("name another with --state") });
  });
});
