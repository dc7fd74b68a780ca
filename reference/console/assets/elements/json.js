/** JSON as people read it: set out, in the tones of its parts, and copied letter by letter. */
import { h } from "../dom.js";
import { copyButton } from "./button.js";

const part = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]|\s+|[^\s"{}[\],:]+|"/g;

function toKind(text, next) {
  if (text.startsWith('"')) return next === ":" ? "name" : "text";
  if (/^[-\d]/.test(text)) return "number";
  return ["true", "false", "null"].includes(text) ? "word" : "";
}

/** The parts of a JSON text, each with its kind: `name`, `text`, `number`, `word`, or none. */
export function splitJson(text) {
  const parts = text.match(part) ?? [];
  return parts.map((each, index) => {
    const next = parts.slice(index + 1, index + 3).find((other) => other.trim() !== "");
    return { text: each, kind: toKind(each, next) };
  });
}

/** Steps to the right; what lies deeper is not set in any further, or brackets alone would fill the memory. */
const maxIndent = 40;

/** Set out on lines. Numbers and texts stay as they are written; what is no JSON stays whole. */
export function layOutJson(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const parts = text.match(part).filter((each) => each.trim() !== "");
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.min(depth, maxIndent))}`;
  return parts
    .map((each, index) => {
      const isEmpty = "{[".includes(each) && "}]".includes(parts[index + 1]);
      const closesEmpty = "}]".includes(each) && "{[".includes(parts[index - 1] ?? " ");
      if ("{[".includes(each)) {
        if (isEmpty) return each;
        depth += 1;
        return each + line();
      }
      if ("}]".includes(each)) {
        if (closesEmpty) return each;
        depth -= 1;
        return line() + each;
      }
      return each === "," ? each + line() : each === ":" ? ": " : each;
    })
    .join("");
}

/** Tones cost an element each: a long text goes without. */
const maxToned = 20_000;

function toneParts(text) {
  if (text.length > maxToned) return text;
  return splitJson(text).map(({ text: each, kind }) =>
    kind === "" ? each : h("span", { class: `json-${kind}` }, each),
  );
}

/** A text that may be JSON, in a box that scrolls, with a button that copies it as it is. */
export function jsonBlock(text, label) {
  const shown = layOutJson(text);
  const isJson = shown !== text || /^\s*[[{"]/.test(text);
  return h(
    "div",
    { class: "copyable" },
    h("pre", { tabindex: "0", role: "region", "aria-label": label }, h("code", {}, isJson ? toneParts(shown) : text)),
    copyButton(text),
  );
}
