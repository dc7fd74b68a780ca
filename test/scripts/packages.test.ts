/** `.ci/packages`: what `.ci/run` does about Debian packages, by who runs it and what there is. */
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

const packages = join(import.meta.dirname, "../../.ci/packages");

/** The only folder of programs that the script sees. */
let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "onsync-packages-"));
  symlinkSync("/usr/bin/env", join(bin, "env"));
});
afterEach(() => rmSync(bin, { recursive: true }));

function program(name: string, script = ""): void {
  writeFileSync(join(bin, name), `#!/bin/bash\necho "${name} $*" >>"${join(bin, "calls")}"\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

function calls(): string[] {
  return readFileSync(join(bin, "calls"), "utf8").trim().split("\n");
}

async function bash(commands: string, env: Record<string, string> = {}): Promise<string> {
  const script = `passed=0 failed=0 skipped=0\nstep() { shift; "$@"; passed=$((passed + 1)); }\nsource "${packages}"\n${commands}`;
  const { stdout } = await promisify(execFile)("/bin/bash", ["-uo", "pipefail", "-c", script], {
    env: { PATH: bin, CHROMIUM: join(bin, "chromium"), ...env },
  });
  return stdout;
}

const install = `debian_packages redis-server unzip; echo "code $?"`;

function isUser(uid: number): void {
  program("id", `echo ${uid}`);
}

describe("packages that are missing", () => {
  test("root installs them, and those alone", async () => {
    isUser(0);
    for (const name of ["apt-get", "unzip"]) program(name);
    expect(await bash(install)).toBe("code 0\n");
    expect(calls().filter((call) => call.startsWith("apt-get"))).toEqual([
      "apt-get update -qq",
      "apt-get install -y -qq --no-install-recommends redis-server",
    ]);
  });

  test("somebody else installs them by sudo, which is never to ask for a password", async () => {
    isUser(1000);
    program("apt-get");
    program("sudo", 'shift; "$@"');
    expect(await bash(install)).toBe("code 0\n");
    for (const call of calls().filter((call) => call.startsWith("sudo"))) expect(call).toMatch(/^sudo -n /);
    expect(calls()).toContain("apt-get install -y -qq --no-install-recommends redis-server unzip");
  });

  const sudo = 'shift; "$@"';
  test.each<[string, Record<string, string>]>([
    ["without sudo", { "apt-get": "" }],
    ["where sudo asks for a password", { "apt-get": "", sudo: "exit 1" }],
    ["without apt-get", { sudo }],
    ["where the install fails", { sudo, "apt-get": '[ "$1" = update ]' }],
  ])("%s: they are named with the command, and the step fails, unless they may be missing", async (_what, programs) => {
    isUser(1000);
    for (const [name, script] of Object.entries(programs)) program(name, script);
    const advice = "Missing: redis-server unzip. Install them first: sudo apt-get install redis-server unzip\n";
    expect(await bash(install)).toBe(`${advice}code 1\n`);
    expect(await bash(install, { CI_SKIP_MISSING: "1" })).toBe(`${advice}code 0\n`);
  });
});

test("where nothing is missing nobody is asked for anything", async () => {
  for (const name of ["redis-server", "unzip", "id", "sudo", "apt-get"]) program(name, "exit 9");
  expect(await bash(install)).toBe("code 0\n");
});

describe("a step that needs a package", () => {
  const run = 'with chromium step "browser tests" echo ran; echo "$passed passed, $failed failed, $skipped skipped"';

  test("runs where it is there", async () => {
    program("chromium");
    expect(await bash(run)).toBe("ran\n1 passed, 0 failed, 0 skipped\n");
  });

  test("is skipped where it is not, and counts as failed, unless it may be missing", async () => {
    const said = "\n== browser tests\n-- browser tests: skipped, needs chromium\n";
    expect(await bash(run)).toBe(`${said}0 passed, 1 failed, 1 skipped\n`);
    expect(await bash(run, { CI_SKIP_MISSING: "1" })).toBe(`${said}0 passed, 0 failed, 1 skipped\n`);
  });
});
