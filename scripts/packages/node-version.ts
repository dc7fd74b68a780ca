/** The sentence that a package begins with on a Node that it does not run on, in place of an error from its depths. */

/** Each range as the first version it takes, and whether later major versions are in it. */
function readRanges(range: string): { major: number; minor: number; isOpen: boolean }[] {
  return range.split(" || ").map((part) => {
    const [, sign, major, minor] = /^(\^|>=)(\d+)\.(\d+)\.0$/.exec(part) ?? [];
    if (sign === undefined) throw new Error(`no range that can be put into words: ${part}`);
    return { major: Number(major), minor: Number(minor), isOpen: sign === ">=" };
  });
}

/** `^22.21.0 || >=24.5.0` as "Node 22, from 22.21 on, or 24.5 or newer" */
export function describeRange(range: string): string {
  const words = readRanges(range).map(({ major, minor, isOpen }) =>
    isOpen ? `${major}.${minor} or newer` : `${major}, from ${major}.${minor} on,`,
  );
  return `Node ${words.join(" or ")}`;
}

/** A module that throws the sentence. It is imported first, and written so that any Node reads it, and what is no Node. */
export function createVersionCheck(name: string, range: string): string {
  const conditions = readRanges(range).map(
    ({ major, minor, isOpen }) => `(major === ${major} && minor >= ${minor})${isOpen ? ` || major > ${major}` : ""}`,
  );
  return `const { node } = globalThis.process?.versions ?? {};
const [major, minor] = (node ?? "").split(".").map(Number);
if (node !== undefined && !(${conditions.join(" || ")}))
  throw new Error(\`${name} needs ${describeRange(range)}, and this is v\${node}.\`);
`;
}
