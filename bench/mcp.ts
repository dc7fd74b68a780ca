/**
 * The MCP server beside its peers: start, memory, end, what its tools cost a model. One run, its rounds interleaved, so
 * that whatever else the machine does falls on all of them. The peers are installed into bench/ (bench/package.json).
 *
 *   node bench/mcp.ts [--runs 9] [--no-peers]
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { bundle } from "../scripts/mcp/bundle.ts";
import { runSession, type Server, type SessionFigures } from "./mcp-session.ts";
import { formatTable, median } from "./measure.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "9" }, "no-peers": { type: "boolean", default: false } },
});
const folder = import.meta.dirname;

function toInstalledPath(path: string) {
  return join(folder, "node_modules", path);
}

/** Keys are made up: none of them is used before a tool is called. */
const peers: Server[] = [
  {
    name: "@notionhq/notion-mcp-server",
    args: [toInstalledPath("@notionhq/notion-mcp-server/bin/cli.mjs")],
    env: { NOTION_TOKEN: "ntn_bench" },
  },
  {
    name: "@hubspot/mcp-server",
    args: [toInstalledPath("@hubspot/mcp-server/dist/index.js")],
    env: { PRIVATE_APP_ACCESS_TOKEN: "pat-bench" },
  },
  {
    name: "@supabase/mcp-server-supabase",
    args: [toInstalledPath("@supabase/mcp-server-supabase/dist/cli.js"), "--access-token", "sbp_bench"],
  },
  {
    name: "@sentry/mcp-server",
    args: [toInstalledPath("@sentry/mcp-server/dist/index.js")],
    env: { SENTRY_ACCESS_TOKEN: "bench", SENTRY_HOST: "127.0.0.1" },
  },
  {
    name: "@twilio-alpha/mcp",
    args: [toInstalledPath("@twilio-alpha/mcp/build/index.js"), `AC${"0".repeat(32)}/SK${"0".repeat(32)}:bench`],
  },
];

function installPeers(): void {
  const names = Object.keys(
    (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { dependencies: object }).dependencies,
  );
  if (names.every((name) => existsSync(toInstalledPath(name)))) return;
  console.error("Installing the peers into bench/node_modules…");
  const { status } = spawnSync(
    "npm",
    ["install", "--prefix", folder, "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  if (status !== 0) throw new Error(`npm install in ${folder} failed: see above, or give --no-peers`);
}

const temporary = mkdtempSync(join(tmpdir(), "onsync-bench-"));
try {
  await bundle(temporary);
  if (!values["no-peers"]) installPeers();
  const env = { ONSYNC_API_KEY: "bench", XDG_CACHE_HOME: join(temporary, "cache") };
  const ours: Server = { name: "onsync-mcp", args: [join(temporary, "onsync-mcp.cjs")], env };
  const alone: Server = { name: "onsync-mcp, no code cache", args: [join(temporary, "onsync-mcp.bundle.cjs")], env };
  // What a start costs whatever the server: Node itself, answering two lines.
  const bare: Server = { name: "Node alone", args: [join(folder, "fixtures/bare-stdio.mjs")] };
  const servers = [ours, alone, ...(values["no-peers"] ? [] : peers), bare];
  const lives = new Map<Server, SessionFigures[]>(servers.map((server) => [server, []]));
  const dead = new Map<Server, string>();
  // The first round warms the file cache.
  for (let round = 0; round <= Number(values.runs); round++) {
    for (const server of servers.filter((each) => !dead.has(each))) {
      try {
        const life = await runSession(server, temporary);
        if (round > 0) lives.get(server)?.push(life);
      } catch (error) {
        dead.set(server, error instanceof Error ? error.message : String(error));
      }
    }
  }

  const middle = (server: Server, of: (life: SessionFigures) => number | null): number =>
    median((lives.get(server) ?? []).map(of).filter((value) => value !== null));
  const rows = servers.map((server) => {
    const reason = dead.get(server);
    if (reason !== undefined) return [server.name, `did not start: ${reason.slice(0, 80)}`, "", "", "", "", ""];
    const all = lives.get(server) ?? [];
    const last = all.at(-1);
    const initMs = middle(server, (life) => life.initMs);
    const killed = all.some(({ exitMs }) => exitMs === null);
    const count = last?.tools?.length;
    const tokens = last?.tools?.reduce((sum, tool) => sum + countTokens(tool), 0);
    return [
      server.name,
      initMs.toFixed(0),
      (initMs / middle(ours, (life) => life.initMs)).toFixed(2),
      middle(server, (life) => life.rssMiB).toFixed(0),
      killed ? "killed" : middle(server, (life) => life.exitMs).toFixed(0),
      String(count ?? "not told offline"),
      String(tokens ?? ""),
    ];
  });
  console.log(`Node ${process.version}, medians of ${values.runs} interleaved runs\n`);
  console.log(
    formatTable(
      ["server", "init ms", "to ours", "RSS MiB", "exit ms after stdin closed", "tools", "o200k tokens"],
      rows,
    ),
  );
  const stray = [...lives].filter(([, all]) => all.some((life) => life.stray > 0)).map(([{ name }]) => name);
  if (stray.length > 0) console.log(`\nLines on stdout that are no JSON-RPC: ${stray.join(", ")}.`);
} finally {
  rmSync(temporary, { recursive: true });
}
