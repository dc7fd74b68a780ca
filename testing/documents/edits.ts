/**
 * What a document has one do to the project's files, as its fenced blocks give it:
 *
 * - `ts FILE` is a file to write;
 * - `diff FILE` is a change: lines that stand there already begin with a space, those to take out with `-`, those to put
 *   in with `+`;
 * - `sh` is run (`fences.ts`).
 */
export type Edit =
  | { kind: "write"; line: number; file: string; text: string }
  | { kind: "change"; line: number; file: string; before: string; after: string }
  | { kind: "run"; line: number; commands: string };

function toEdit(line: number, info: string, body: string): Edit | undefined {
  const [language, file = "", ...more] = info.split(" ");
  if (info === "sh") return { kind: "run", line, commands: body };
  if (!file.includes(".") || more.length > 0) return undefined;
  if (language === "ts") return { kind: "write", line, file, text: `${body}\n` };
  if (language !== "diff") return undefined;
  const without = (sign: "+" | "-") =>
    body
      .split("\n")
      .filter((each) => !each.startsWith(sign))
      .map((each) => `${each.slice(1)}\n`)
      .join("");
  return { kind: "change", line, file, before: without("+"), after: without("-") };
}

/** Every edit of a document, in its order. */
export function readEdits(markdown: string): Edit[] {
  const blocks = markdown.matchAll(/^```([^\n]*)\n(.*?)\n?^```$/gms);
  return [...blocks].flatMap(({ 1: info = "", 2: body = "", index }) => {
    const edit = toEdit(markdown.slice(0, index).split("\n").length, info.trim(), body);
    return edit ? [edit] : [];
  });
}

/**
 * The file's text after the edit; one that was made already changes nothing.
 *
 * @param current the file's text, `undefined` where there is no such file
 * @throws Error that says why the edit cannot be made
 */
export function applyEdit(edit: Exclude<Edit, { kind: "run" }>, current: string | undefined): string {
  const where = `line ${edit.line}: ${edit.file}`;
  if (edit.kind === "write") {
    if (current !== undefined && current !== edit.text) throw new Error(`${where} is there already, with another text`);
    return edit.text;
  }
  if (current === undefined) throw new Error(`${where} is not there`);
  if (current.includes(edit.after)) return current;
  const parts = current.split(edit.before);
  if (parts.length !== 2)
    throw new Error(`${where} must have these lines, and has them ${parts.length - 1} times:\n${edit.before}`);
  return parts.join(edit.after);
}
