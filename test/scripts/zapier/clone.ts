/** A clone of one commit in which a public zip was built and tested, and Zapier's side of the command line, on loopback. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { findBuildFiles, hashFile, readCommit, writeRecord } from "../../../scripts/zapier/builds.ts";

const project = join(import.meta.dirname, "../../..");
export const version = "0.2.0";

/** A zip of one file, as it is. */
function createZip(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt32LE(crc32(content), 10);
  head.writeUInt32LE(content.length, 14);
  head.writeUInt32LE(content.length, 18);
  head.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), head, Buffer.from(name), content]);
  const entry = Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), head, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, Buffer.from("PK\x05\x06"), end]);
}

export type Clone = {
  root: string;
  write(file: string, text: string): void;
  git(...args: string[]): string;
  commit(): void;
  /** Builds a zip of what is committed, and has it pass. */
  buildAndTest(name?: "public" | "staging"): void;
  remove(): void;
};

/** Its checks pass at once; that they ran is in `.git/checked`. */
export function createClone(): Clone {
  const root = mkdtempSync(join(tmpdir(), "onsync-zapier-clone-"));
  const write = (file: string, text: string): void => writeFileSync(join(root, file), text);
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const commit = (): void => {
    git("add", ".");
    git("commit", "--quiet", "--allow-empty", "--message", "What the test needs");
  };
  const manifest = {
    name: "onsync-automation",
    version,
    scripts: { check: "echo yes >> .git/checked" },
    dependencies: { "zapier-platform-core": "19.1.0" },
  };
  write("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  write("index.js", `module.exports = { version: "${version}", platformVersion: "19.1.0" };\n`);
  write("CHANGELOG.md", `# Changelog\n\n## [Unreleased]\n\n## [${version}] - 2026-02-03\n\n- Something new.\n`);
  write(".gitignore", "node_modules\nbuild\n");
  mkdirSync(join(root, "build"));
  symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "user.name", "A maintainer");
  git("config", "user.email", "maintainer@example.com");
  return {
    root,
    write,
    git,
    commit,
    buildAndTest: (name = "public") => {
      const { zip, sourceZip } = findBuildFiles(root, name);
      writeFileSync(zip, createZip("definition.json", JSON.stringify({ version, name })));
      writeFileSync(sourceZip, createZip("index.js", "// the source"));
      const record = { sha256: hashFile(zip), version, commit: readCommit(root) };
      writeRecord(root, name, "built", record);
      writeRecord(root, name, "tested", record);
    },
    remove: () => rmSync(root, { recursive: true }),
  };
}

export type FakeZapier = {
  /** Every request that changes something. */
  requests: { path: string; body: Record<string, unknown> }[];
  close(): Promise<void>;
};

/** Answers what Zapier's command asks on its way; the command finds it by its environment. */
export async function startFakeZapier(): Promise<FakeZapier> {
  const requests: FakeZapier["requests"] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? "").replace("/api/platform/cli", "");
    if (request.method !== "GET") requests.push({ path, body: JSON.parse(Buffer.concat(chunks).toString()) });
    const app = {
      id: Number(path.split("/")[2]),
      title: "OnSync",
      description: "OnSync is an inbox.",
      app_category: "x",
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...app, intention: "global", role: "employee", success: true }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const before = { ...process.env };
  Object.assign(process.env, {
    ZAPIER_BASE_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ZAPIER_DEPLOY_KEY: "made up for this test",
    DISABLE_ZAPIER_ANALYTICS: "1",
    NO_UPDATE_NOTIFIER: "1",
  });
  return {
    requests,
    close: () => {
      for (const name of [
        "ZAPIER_BASE_ENDPOINT",
        "ZAPIER_DEPLOY_KEY",
        "DISABLE_ZAPIER_ANALYTICS",
        "NO_UPDATE_NOTIFIER",
      ])
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      return new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    },
  };
}
