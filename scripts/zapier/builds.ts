/** The two builds for Zapier, what of them lies where, and how a later step knows a zip again. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** `public` for everybody; `staging` for whoever works on the app, which takes the address of a staging system. */
export type BuildName = "public" | "staging";

export type BuildFiles = {
  /** What Zapier runs. */
  zip: string;
  /** What Zapier keeps beside it as its source. */
  sourceZip: string;
  /** Says which zip passed `scripts/zapier/check.ts`. */
  tested: string;
  /** Says which zip was uploaded last. */
  uploaded: string;
  /** Which app at Zapier it belongs to: `zapier-platform register` writes it. */
  app: string;
};

/** What is known of a zip that went through a step. */
export type BuildRecord = { sha256: string; version: string };

/** @param root of the clone */
export function findBuildFiles(root: string, name: BuildName): BuildFiles {
  const stem = join(root, "build", name === "public" ? "zapier" : "zapier-staging");
  return {
    zip: `${stem}.zip`,
    sourceZip: `${stem}-source.zip`,
    tested: `${stem}-tested.json`,
    uploaded: `${stem}-uploaded.json`,
    app: join(root, `.zapierapprc-${name}`),
  };
}

export function hashFile(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

export function writeRecord(file: string, record: BuildRecord): void {
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** `undefined` where there is none, or where it is no record. */
export function readRecord(file: string): BuildRecord | undefined {
  try {
    const { sha256, version } = JSON.parse(readFileSync(file, "utf8"));
    return typeof sha256 === "string" && typeof version === "string" ? { sha256, version } : undefined;
  } catch {
    return undefined;
  }
}
