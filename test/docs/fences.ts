/**
 * The commands of a document, as its fenced blocks give them:
 *
 * - `sh` is run, and must succeed;
 * - `sh fails` is run, and must not;
 * - `sh starts` is started, and goes on running behind the rest of the document;
 * - `sh shown` needs an account, another machine or a person: each `onsync` command in it is held to what its help offers;
 * - `sh setup` brings a clone to life: `.ci/run` and every run of the suite stand on it, so it is only looked at;
 * - `text` after one of them is what it prints: each line, or its parts between `…`, stands in the output.
 *
 * `export` lines hold for the blocks that follow, as in one terminal.
 */
export type Kind = "runs" | "fails" | "starts" | "shown" | "setup";
export type Step = { kind: Kind; line: number; commands: string; prints: string[] };

const kinds: Record<string, Kind> = {
  sh: "runs",
  "sh fails": "fails",
  "sh starts": "starts",
  "sh shown": "shown",
  "sh setup": "setup",
};

/** @throws Error for a shell fence that is marked in no known way */
export const stepsOf = (markdown: string): Step[] => {
  const steps: Step[] = [];
  const lines = markdown.split("\n");
  let opened: { info: string; line: number; indent: number; body: string[] } | undefined;
  let lastWasStep = false;
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (!fence) {
      if (opened) opened.body.push(line.slice(Math.min(opened.indent, /^\s*/.exec(line)?.[0].length ?? 0)));
      else if (line.trim() !== "") lastWasStep = false;
      continue;
    }
    if (!opened) {
      opened = { info: (fence[2] ?? "").trim(), line: index + 1, indent: (fence[1] ?? "").length, body: [] };
      continue;
    }
    const { info, line: at, body } = opened;
    opened = undefined;
    if (/^(sh|bash|shell|console)\b/.test(info)) {
      const kind = kinds[info];
      if (!kind) throw new Error(`line ${at}: the fence "${info}" is none of ${Object.keys(kinds).join(", ")}`);
      steps.push({ kind, line: at, commands: body.join("\n"), prints: [] });
      lastWasStep = true;
    } else if (info === "text" && lastWasStep) {
      const step = steps.at(-1) as Step;
      step.prints = body.flatMap((each) => each.split("…")).filter((part) => part.trim() !== "");
      lastWasStep = false;
    } else lastWasStep = false;
  }
  return steps;
};

/** The `export` lines among some commands. */
export const exportsOf = (commands: string): string =>
  commands
    .split("\n")
    .filter((line) => /^export /.test(line))
    .join("\n");

/** Whether it was printed; white space counts for nothing, since JSON is set out for terminals and not for pipes. */
export const printed = (output: string, part: string): boolean =>
  output.replace(/\s+/g, "").includes(part.replace(/\s+/g, ""));
