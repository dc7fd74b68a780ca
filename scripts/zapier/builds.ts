/** The two builds for Zapier, where what belongs to them lies, and how a later step knows a zip again. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** `public` for everybody; `staging` for whoever works on the app, which takes the address of a staging system. */
export type BuildName = "public" | "staging";

/** A zip is noted as it goes: by `zapier:build`, by `scripts/zapier/check.ts` where it passes, by `zapier:upload`. */
export type Step = "built" | "tested" | "uploaded";

/** What is known of a zip that went through a step. */
export type BuildRecord = {
  sha256: string;
  version: string;
  /** What it was built from; `-changed` behind it says that something was not committed. */
  commit: string;
};

/** @param root of the clone */
export function findBuildFiles(root: string, name: BuildName) {
  const stem = join(root, "build", name === "public" ? "zapier" : "zapier-staging");
  return {
    /** What Zapier runs. */
    zip: `${stem}.zip`,
    /** What Zapier keeps beside it as its source. */
    sourceZip: `${stem}-source.zip`,
    /** Which app at Zapier it belongs to: `zapier-platform register` writes it. */
    app: join(root, `.zapierapprc-${name}`),
  };
}

function findRecordFile(root: string, name: BuildName, step: Step): string {
  return findBuildFiles(root, name).zip.replace(/\.zip$/, `-${step}.json`);
}

export function hashFile(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

export function writeRecord(root: string, name: BuildName, step: Step, record: BuildRecord): void {
  writeFileSync(findRecordFile(root, name, step), `${JSON.stringify(record, null, 2)}\n`);
}

/** `undefined` where the zip that lies there now, byte for byte, has not gone through the step. */
export function readRecord(root: string, name: BuildName, step: Step): BuildRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(findRecordFile(root, name, step), "utf8")) as BuildRecord;
    return record.sha256 === hashFile(findBuildFiles(root, name).zip) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What is checked out, as a record has it. */
export function readCommit(root: string): string {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  return git("rev-parse", "HEAD") + (git("status", "--porcelain") === "" ? "" : "-changed");
}

/** @throws Error where the zip that lies there has not passed, or is of another version than the sources */
export function requireTested(root: string, name: BuildName): BuildRecord {
  const { zip } = findBuildFiles(root, name);
  const option = name === "staging" ? " --staging" : "";
  const tested = readRecord(root, name, "tested");
  if (!tested)
    throw new Error(
      `${zip} is not one that was tested: npm run zapier:build${option && ` --${option}`}, then node scripts/zapier/check.ts${option}`,
    );
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  if (tested.version !== version) throw new Error(`${zip} has version ${tested.version}, package.json ${version}`);
  return tested;
}
