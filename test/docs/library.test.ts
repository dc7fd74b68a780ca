/** The library's page is one program: its TypeScript, top to bottom, type-checked and run against the reference API. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createReference } from "../../reference/index.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** The package's entries, as they stand in the source: the program is run without a build. */
const entries: Record<string, string> = {
  "onsync-automation/client": "src/client/index.ts",
  "onsync-automation/client/undici": "src/client/undici.ts",
  "onsync-automation/webhooks": "src/events/index.ts",
  "onsync-automation/reference": "reference/index.ts",
};

/** What starting the compiler or Node may take on a machine with other work. */
const boundMs = 60_000;

let folder: string;
let program: string;
beforeAll(() => {
  // Inside the repository, so that the type checker finds what the program imports.
  folder = mkdtempSync(join(root, "test/docs/.library-"));
  program = join(folder, "program.ts");
  const page = readFileSync(join(root, "docs/client.md"), "utf8");
  const code = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block).join("\n");
  writeFileSync(
    program,
    code.replace(/from "(onsync-automation\/[\w/]+)"/g, (_, entry: string) => `from "../../../${entries[entry]}"`),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test(
  "the program compiles",
  async () => {
    const config = join(folder, "tsconfig.json");
    writeFileSync(config, JSON.stringify({ extends: "../../../tsconfig.json", include: ["program.ts"] }));
    await expect(run(join(root, "node_modules/.bin/tsc"), ["-p", config])).resolves.toMatchObject({ stdout: "" });
  },
  boundMs,
);

test(
  "the program does what the page says",
  async () => {
    const reference = createReference();
    const { url } = await reference.listen();
    try {
      const { stdout } = await run(process.execPath, [program], {
        env: { ...process.env, ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url },
      });
      const lines = stdout.trim().split("\n");
      expect(lines[0]).toMatch(/^contact_\w+ true$/);
      expect(lines[1]).toBe("queued true");
      expect(lines[2]).toMatch(/^\d{4}-\S+Z outbound null$/);
      expect(lines.slice(3)).toEqual([expect.stringMatching(/^404 not_found Check the id/), "true", "contact_1", "1"]);
    } finally {
      await reference.close();
    }
  },
  boundMs,
);
