/** The MCP server beside its peers: start, memory, end, what its tools cost a model. */
import { join } from "node:path";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { bundle } from "../../scripts/mcp/bundle.ts";
import { installPeers, namePeer, peersFolder } from "../harness/peers.ts";
import type { Question, Scale, Table } from "../harness/question.ts";
import { median } from "../harness/statistics.ts";
import { runSession, type Server, type SessionFigures } from "./session.ts";

/** Keys are made up: none of them is used before a tool is called. */
const peers = {
  "@notionhq/notion-mcp-server": { file: "bin/cli.mjs", args: [], env: { NOTION_TOKEN: "ntn_bench" } },
  "@hubspot/mcp-server": { file: "dist/index.js", args: [], env: { PRIVATE_APP_ACCESS_TOKEN: "pat-bench" } },
  "@supabase/mcp-server-supabase": { file: "dist/cli.js", args: ["--access-token", "sbp_bench"], env: {} },
  "@sentry/mcp-server": {
    file: "dist/index.js",
    args: [],
    env: { SENTRY_ACCESS_TOKEN: "bench", SENTRY_HOST: "127.0.0.1" },
  },
  "@twilio-alpha/mcp": { file: "build/index.js", args: [`AC${"0".repeat(32)}/SK${"0".repeat(32)}:bench`], env: {} },
};

function listPeers(): Server[] {
  return Object.entries(peers).map(([name, { file, args, env }]) => ({
    name: namePeer(name),
    args: [join(peersFolder, "node_modules", name, file), ...args],
    env: env as Record<string, string>,
  }));
}

/** A life of each in turn, round by round; the first round warms the file cache. One that does not start is left out. */
async function runLives(servers: readonly Server[], folder: string, rounds: number) {
  const lives = new Map<Server, SessionFigures[]>(servers.map((server) => [server, []]));
  for (let round = 0; round <= rounds; round++)
    for (const server of [...lives.keys()]) {
      try {
        const life = await runSession(server, folder);
        if (round > 0) lives.get(server)?.push(life);
      } catch (error) {
        console.error(`${server.name} does not start: ${error instanceof Error ? error.message : error}`);
        lives.delete(server);
      }
    }
  return lives;
}

const measures = [
  { name: "start, ms", compared: true },
  { name: "RSS MiB" },
  { name: "end, ms" },
  { name: "tools" },
  { name: "o200k tokens" },
] as const;

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  installPeers();
  await bundle(folder);
  const env = { ONSYNC_API_KEY: "bench", XDG_CACHE_HOME: join(folder, "cache") };
  const servers: Server[] = [
    { name: "onsync-mcp", args: [join(folder, "onsync-mcp.cjs")], env },
    { name: "onsync-mcp, no code cache", args: [join(folder, "onsync-mcp.bundle.cjs")], env },
    ...listPeers(),
    // What a start costs whatever the server: Node itself, answering two lines.
    { name: "Node alone", args: [join(import.meta.dirname, "fixtures/bare-stdio.mjs")] },
  ];
  const lives = await runLives(servers, folder, isSmall ? 1 : 9);
  const startOf = (server: Server) => median((lives.get(server) ?? []).map(({ initMs }) => initMs));
  const [best] = servers
    .slice(2, -1)
    .filter((server) => lives.has(server))
    .sort((a, b) => startOf(a) - startOf(b));
  const rows = [...lives].map(([{ name }, all]) => {
    const tools = all.at(-1)?.tools;
    const known = (values: (number | null)[]) => values.filter((value) => value !== null);
    return {
      name,
      values: [
        all.map(({ initMs }) => initMs),
        all.map(({ rssMiB }) => rssMiB),
        known(all.map(({ exitMs }) => exitMs)),
        tools ? [tools.length] : [],
        tools ? [tools.reduce((sum, tool) => sum + countTokens(tool), 0)] : [],
      ],
      ...(name === "onsync-mcp" && { aim: { atMost: 0.4 } }),
      ...(name === "onsync-mcp, no code cache" && { aim: { atMost: 0.45 } }),
    };
  });
  return [{ what: "server", ...(best && { base: best.name }), chart: true, measures, rows }];
}

export const mcp: Question = {
  name: "mcp",
  title: "The MCP server beside its peers",
  about: `A fresh process for each measurement. A start is from spawning to the answer to \`initialize\`, memory is read 400 ms after
\`tools/list\`, the end is from closing stdin until the process is gone, tokens are o200k's of name, description and input schema. The
base is the peer that starts fastest. The first start fills the code cache and is like the second row. Supabase's server lists its
tools only when it reaches its service.

By the profile of a start 52 % runs the one file of the server, 26 % is the engine itself with its garbage, 12 % are the parts of
Node that it needs, and 10 % reads the file and takes its compiled code. The schemas of a message or a tool, and the log, are made
when they are asked for first. Node alone is the last row.`,
  measure,
};
