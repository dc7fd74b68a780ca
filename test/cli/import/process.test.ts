/** The import as a process of its own: killed, stopped, and with a file that needs all of a computer. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { bareEnvironment } from "../../../testing/bare-environment.ts";
import { numberedContacts, temporaryFolder, writeContacts } from "../../../testing/imports/import-file.ts";
import { type ImportServer, startImportServer } from "../../../testing/imports/server.ts";

const command = join(import.meta.dirname, "../../../cli/onsync.ts");

function start(
  folder: string,
  url: string,
  args: readonly string[],
): { child: ChildProcess; ended: Promise<{ code: number | null; output: string }> } {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      command,
      "import",
      "contacts",
      join(folder, "contacts.csv"),
      "--json",
      ...args,
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...bareEnvironment,
        ONSYNC_API_KEY: "onsync_pk_test_ci",
        ONSYNC_BASE_URL: url,
        XDG_STATE_HOME: folder,
      },
    },
  );
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return { child, ended: once(child, "close").then(([code]) => ({ code, output })) };
}

function lastLine(output: string): Record<string, unknown> {
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

/** Until so many requests have come. */
async function waitForRequests(server: ImportServer, count: number): Promise<void> {
  for (let tries = 0; tries < 6_000 && server.attempts.length < count; tries++)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

test.each(["SIGKILL", "SIGTERM"] as const)(
  "ended by %s in the middle, it goes on where it was, and sends no row twice that was answered",
  async (signal) => {
    using folder = temporaryFolder();
    const server = await startImportServer({ share: 0, maxLagMs: 20, random: Math.random });
    try {
      writeContacts(folder.path, numberedContacts(100));
      const first = start(folder.path, server.url, ["--yes"]);
      await waitForRequests(server, 20);
      first.child.kill(signal);
      const { code, output } = await first.ended;
      if (signal === "SIGTERM")
        expect({ code, last: lastLine(output) }).toMatchObject({ code: 1, last: { stopped: true, open: 0 } });
      const before = server.attempts.length;
      expect(before).toBeLessThan(100);
      const second = await start(folder.path, server.url, ["--yes"]).ended;
      expect(lastLine(second.output)).toMatchObject({ done: true, rows: 100, refused: 0, unchanged: 0, open: 0 });
      expect(server.contacts.size).toBe(100);
      expect(server.attempts.length).toBeLessThanOrEqual(100 + (signal === "SIGTERM" ? 0 : 4));
    } finally {
      await server.close();
    }
  },
  60_000,
);

test("cells of ten megabytes are left out, or refused with their line", async () => {
  using folder = temporaryFolder();
  const large = "x\n".repeat(5 * 1024 * 1024);
  writeFileSync(
    join(folder.path, "contacts.csv"),
    `Name,Phone,History\nSara,+971500000000,"${large}"\n"${large}",+971511111111,\nAli,+971522222222,\n`,
  );
  const { code, output } = await start(folder.path, "http://127.0.0.1:1/v1", ["--dry-run"]).ended;
  const millions = 5 * 1024 * 1024;
  expect({ code, plan: lastLine(output) }).toMatchObject({
    code: 0,
    plan: { rows: 3, valid: 2, problems: [{ line: millions + 3, field: "lastName" }] },
  });
}, 60_000);
