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

// Each begins where the one before ends (sticky), so that no text makes it try one place after the other.
const token = /[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]|true|false|null)/gy;

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

  for (const [, written = ""] of text.matchAll(token)) {
    const innermost = containers.at(-1);
    switch (written[0]) {
      case "{":
        containers.push({ kind: "object", names: new Set(), name: "" });
        break;
      case "[":
        containers.push({ kind: "array", index: 0 });
        break;
      case "}":
      case "]":
        containers.pop();
        break;
      case ",":
        if (innermost?.kind === "array") innermost.index += 1;
        break;
      case '"': {
        const value = JSON.parse(written) as string;
        if (expectsName && innermost?.kind === "object") {
          innermost.name = value;
          add(findNameLoss(value, innermost.names));
          innermost.names.add(value);
        }
        if (!value.isWellFormed()) add("has half an emoji in it (an unpaired surrogate); send whole characters");
        break;
      }
      case "-":
      case "0":
      case "1":
      case "2":
      case "3":
      case "4":
      case "5":
      case "6":
      case "7":
      case "8":
      case "9":
        add(findNumberLoss(written));
    }
    expectsName = written === "{" || (written === "," && innermost?.kind === "object");
    if (containers.length > maxDepth) {
      return [{ path: [], code: "custom", message: `is nested more than ${maxDepth} levels deep` }];
    }
    if (findings.length >= maxFindings) break;
  }
  return findings;
}
