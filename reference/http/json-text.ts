/**
 * What a JSON text says beyond what `JSON.parse` keeps of it: numbers that no double holds, names that are given twice or
 * that JavaScript takes for its own, half an emoji. Each would be changed in silence; all of them are found here instead,
 * each with its path.
 */
import type { ErrorDetail } from "../../src/api/index.ts";

/** Deeper than anybody nests data, and shallow enough for every JSON writer. */
export const maxDepth = 64;

/** What is told of one body is enough to mend it. */
const maxFindings = 20;

type Path = (string | number)[];
type Container = { kind: "object"; names: Set<string>; name: string } | { kind: "array"; index: number };

/** Names by which an object would change what it is. */
const forbiddenNames = new Set(["__proto__", "constructor", "prototype"]);

/** Sticky: tried where a number may begin. White space, a colon and the letters of true, false and null are none. */
const number = /-?\d[\d.eE+-]*/y;

/** Where the string ends that begins at `start`: its last quotation mark. */
function findEndOfString(text: string, start: number): number {
  for (let end = start; ; ) {
    end = text.indexOf('"', end + 1);
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

/** Why a number cannot be kept as it is written; `undefined` where it can. */
function findNumberLoss(written: string): string | undefined {
  const value = Number(written);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return "is beyond 2^53 - 1, the largest number that JSON keeps exactly; send it as a string";
  }
  if (value === 0 && /[1-9]/.test(written.split(/e/i)[0] as string)) {
    return "is too close to 0 for a JSON number; send it as a string";
  }
  return undefined;
}

function findNameLoss(name: string, names: ReadonlySet<string>): string | undefined {
  if (forbiddenNames.has(name)) return "is a name that JavaScript keeps for itself; use another one";
  if (names.has(name)) return "is given twice; give it once";
  return undefined;
}

/**
 * @param text valid JSON
 * @returns what in it would not be kept as it is written
 */
export function findLosses(text: string): ErrorDetail[] {
  const findings: ErrorDetail[] = [];
  const containers: Container[] = [];
  const path = (): Path =>
    containers.map((container) => (container.kind === "object" ? container.name : container.index));
  const add = (message: string | undefined): void => {
    if (message !== undefined) findings.push({ path: path(), code: "custom", message });
  };
  let expectsName = false;

  for (let at = 0; at < text.length; at++) {
    const innermost = containers.at(-1);
    switch (text[at]) {
      case "{":
        containers.push({ kind: "object", names: new Set(), name: "" });
        expectsName = true;
        break;
      case "[":
        containers.push({ kind: "array", index: 0 });
        expectsName = false;
        break;
      case "}":
      case "]":
        containers.pop();
        break;
      case ",":
        if (innermost?.kind === "array") innermost.index += 1;
        expectsName = innermost?.kind === "object";
        break;
      case '"': {
        const end = findEndOfString(text, at);
        const written = text.slice(at + 1, end);
        // A text that was UTF-8 has half of a character only where an escape says so.
        const isEscaped = written.includes("\\");
        const value = isEscaped ? (JSON.parse(`"${written}"`) as string) : written;
        if (expectsName && innermost?.kind === "object") {
          innermost.name = value;
          add(findNameLoss(value, innermost.names));
          innermost.names.add(value);
        }
        if (isEscaped && !value.isWellFormed()) {
          add("has half an emoji in it (an unpaired surrogate); send whole characters");
        }
        expectsName = false;
        at = end;
        break;
      }
      default:
        number.lastIndex = at;
        if (!number.test(text)) break;
        add(findNumberLoss(text.slice(at, number.lastIndex)));
        at = number.lastIndex - 1;
    }
    if (containers.length > maxDepth) {
      return [{ path: [], code: "custom", message: `is nested more than ${maxDepth} levels deep` }];
    }
    if (findings.length >= maxFindings) break;
  }
  return findings;
}
