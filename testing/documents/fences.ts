/**
 * The commands of a document, as its fenced blocks give them:
 *
 * - `sh` is run, and must succeed;
 * - `sh fails` is run, and must not;
 * - `sh looks` is run again until it prints what the document says: what it looks at comes a moment later;
 * - `sh starts` is started, and goes on running behind the rest of the document, until another is started in its place;
 * - `sh starts first` is started so in the terminal of the document's first server, where nothing holds that was exported
 *   after it;
 * - `sh setup` brings a clone to life: `.ci/run` and every run of the suite stand on it, so it is only looked at;
 * - `sh measures` is a benchmark: `.ci/run` runs each with small figures (`npm run bench -- --small`);
 * - `text` after one of them is what it prints: each line, or its parts between `…`, stands in the output.
 *
 * `export` lines hold for the blocks that follow, as in one terminal.
 */
export type Kind = "runs" | "fails" | "looks" | "starts" | "starts first" | "setup" | "measures";
export type Step = { kind: Kind; line: number; commands: string; prints: string[] };

const kinds: Record<string, Kind> = {
  sh: "runs",
  "sh fails": "fails",
  "sh looks": "looks",
  "sh starts": "starts",
  "sh starts first": "starts first",
  "sh setup": "setup",
  "sh measures": "measures",
};

type Fence = { info: string; line: number; body: string; follows: boolean };

/** Every fenced block; `follows`: nothing but white space stands between it and the one before. */
function readFences(markdown: string): Fence[] {
  const fences: Fence[] = [];
  let opened: { info: string; line: number; indent: number; follows: boolean; lines: string[] } | undefined;
  let follows = false;
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (fence && !opened) {
      opened = { info: (fence[2] ?? "").trim(), line: index + 1, indent: (fence[1] ?? "").length, follows, lines: [] };
    } else if (fence && opened) {
      const { lines, indent: _, ...rest } = opened;
      fences.push({ ...rest, body: lines.join("\n") });
      opened = undefined;
      follows = true;
    } else if (opened) opened.lines.push(line.slice(Math.min(opened.indent, /^\s*/.exec(line)?.[0].length ?? 0)));
    else if (line.trim() !== "") follows = false;
  }
  return fences;
}

/** @throws Error for a shell fence that is marked in no known way, or that waits for a text which is not given */
export function readSteps(markdown: string): Step[] {
  const steps: Step[] = [];
  let lastWasStep = false;
  for (const { info, line, body, follows } of readFences(markdown)) {
    if (/^(sh|bash|shell|console)\b/.test(info)) {
      const kind = kinds[info];
      if (!kind) throw new Error(`line ${line}: the fence "${info}" is none of ${Object.keys(kinds).join(", ")}`);
      steps.push({ kind, line, commands: body, prints: [] });
      lastWasStep = true;
      continue;
    }
    if (info === "text" && lastWasStep && follows) {
      const step = steps.at(-1) as Step;
      step.prints = body.split(/[\n…]/).filter((part) => part.trim() !== "");
    }
    lastWasStep = false;
  }
  for (const { kind, line, prints } of steps) {
    if (["starts", "starts first", "looks"].includes(kind) && prints.length === 0) {
      throw new Error(
        `line ${line}: a fence "sh ${kind}" is waited for: say in a \`text\` fence after it what it prints`,
      );
    }
  }
  return steps;
}

export type Configuration = { line: number; command: string; args: string[]; env: Record<string, string> };

/** The MCP servers that the `json` blocks of a document have a host start. */
export function readConfigurations(markdown: string): Configuration[] {
  return readFences(markdown)
    .filter(({ info }) => info === "json")
    .flatMap(({ line, body }) => {
      const { mcpServers, servers } = JSON.parse(body) as Record<string, Record<string, Omit<Configuration, "line">>>;
      return Object.values(mcpServers ?? servers ?? {}).map(({ command, args, env }) => ({ line, command, args, env }));
    });
}

/** Commands in the running text: they are mentioned, not to be copied. */
export function readMentions(markdown: string): string[] {
  const prose = markdown.replace(/^(\s*)```.*?^\1```$/gms, "");
  return [...prose.matchAll(/`((?:npm|npx|node|onsync|claude|redis-server) [^`]+)`/g)].map(([, command]) =>
    (command as string).replace(/\s+/g, " "),
  );
}

/** The lines that make a terminal what the rest needs, and the rest. */
export function splitExports(commands: string): { exports: string; rest: string } {
  const lines = commands.split("\n");
  const isExport = (line: string): boolean => line.startsWith("export ");
  return {
    exports: lines.filter(isExport).join("\n"),
    rest: lines.filter((line) => !isExport(line)).join("\n"),
  };
}

/** Whether it was printed; white space counts for nothing, since JSON is set out for terminals and not for pipes. */
export function isPrinted(output: string, part: string): boolean {
  return output.replace(/\s+/g, "").includes(part.replace(/\s+/g, ""));
}
