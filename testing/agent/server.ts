/** An MCP server over stdio as an agent meets it: what it lists, and each call with what its answer costs to read. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

export type Row = Record<string, unknown>;
type Result = { content?: { text: string }[]; structuredContent?: Row; isError?: boolean; tools?: Tool[] };
type Tool = {
  name: string;
  description: string;
  inputSchema: { properties: Record<string, { type?: string; description?: string }> };
};

type AgentOptions = {
  /** What a receiver has kept, for wait_for_events. */
  eventFile?: string | undefined;
  /** Is called after the answer to the first call. */
  afterFirstCall?(): Promise<unknown>;
};

const initialization = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "bench", version: "1" },
};

/** @param root of the repository whose server it is */
export async function startAgent(root: string, url: string, apiKey: string, options: AgentOptions = {}) {
  const { eventFile, afterFirstCall } = options;
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, ONSYNC_API_KEY: apiKey, ONSYNC_BASE_URL: url };
  const child = spawn(process.execPath, ["cli/onsync.ts", "mcp", ...(eventFile ? ["--events", eventFile] : [])], {
    cwd: root,
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting = new Map<number, (result: Result) => void>();
  createInterface(child.stdout).on("line", (line) => {
    const { id, result = {} } = JSON.parse(line) as { id: number; result?: Result };
    waiting.get(id)?.(result);
  });
  let id = 0;
  const ask = (method: string, params: object): Promise<Result> => {
    id++;
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  await ask("initialize", initialization);
  const { tools = [] } = await ask("tools/list", {});
  const spent = { calls: 0, tokens: 0 };
  const callTool = async (name: string, args: object): Promise<{ text: string; data: Row }> => {
    const { content = [], structuredContent = {} } = await ask("tools/call", { name, arguments: args });
    spent.calls++;
    if (spent.calls === 1) await afterFirstCall?.();
    spent.tokens += countTokens(JSON.stringify({ content, structuredContent }));
    return { text: content.map(({ text }) => text).join("\n"), data: structuredContent };
  };
  const call = async (name: string, args: object = {}): Promise<Row> => (await callTool(name, args)).data;
  return {
    spent,
    tools,
    call,
    /** The text of an answer, which a host may show in place of the data. */
    callForText: async (name: string, args: object = {}): Promise<string> => (await callTool(name, args)).text,
    has: (name: string, argument: string): boolean =>
      tools.some((tool) => tool.name === name && argument in tool.inputSchema.properties),
    /** Whether the help of an argument says so. */
    tells: (name: string, argument: string, what: string): boolean =>
      (tools.find((tool) => tool.name === name)?.inputSchema.properties[argument]?.description ?? "").includes(what),
    /** A map as the tool takes it: an object, or a list of texts `name=value`. */
    toMap: (name: string, argument: string, values: Record<string, string>): unknown =>
      tools.find((tool) => tool.name === name)?.inputSchema.properties[argument]?.type === "array"
        ? Object.entries(values).map((entry) => entry.join("="))
        : values,
    /** The rows of all pages. */
    async list(name: string, args: object = {}): Promise<Row[]> {
      const rows: Row[] = [];
      for (let cursor: unknown; ; ) {
        const page = await call(name, { ...args, ...(cursor !== undefined && { cursor }) });
        rows.push(...((page.data as Row[] | undefined) ?? []));
        cursor = page.nextCursor;
        if (cursor === undefined) return rows;
      }
    },
    end: () => child.kill(),
  };
}

export type Agent = Awaited<ReturnType<typeof startAgent>>;
