/** A Dockerfile's instructions, in their order, with continued lines as one. */
export type Instruction = { name: string; value: string };

export function readDockerfile(text: string): Instruction[] {
  return text
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name = "", value = ""] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
      if (name === "") throw new Error(`no instruction: ${line}`);
      return { name, value };
    });
}
