/** Fields changed within NDJSON: lines that nothing is changed in stay as they were, to the letter. */
import type { Cell } from "../../rows/row.ts";
import type { Cells } from "./crm.ts";

/** @param column of an object within, as `properties.source`, or a name with a dot in it */
function setField(object: Record<string, unknown>, column: string, cell: Cell): void {
  const inner = Object.hasOwn(object, column) ? null : findInner(object, column);
  if (inner) setField(inner.object, inner.column, cell);
  else setOwn(object, column, cell);
}

function findInner(object: Record<string, unknown>, column: string) {
  for (let dot = column.indexOf("."); dot !== -1; dot = column.indexOf(".", dot + 1)) {
    const name = column.slice(0, dot);
    const inner = Object.hasOwn(object, name) ? object[name] : undefined;
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner))
      return { object: inner as Record<string, unknown>, column: column.slice(dot + 1) };
  }
  return null;
}

/** A name such as `__proto__` is a field like any other. */
function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

export function editNdjsonText(
  text: string,
  columns: readonly string[],
  edits: ReadonlyMap<number, Cells>,
  inserts: readonly Cells[],
): string {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const change = (object: Record<string, unknown>, cells: Cells) => {
    for (const [column, cell] of cells) setField(object, columns[column] ?? "", cell);
    return JSON.stringify(object);
  };
  let row = -1;
  const lines = text.split("\n").map((line) => {
    if (line.replace("\ufeff", "").trim() === "") return line;
    row += 1;
    const cells = edits.get(row);
    if (!cells) return line;
    const [, mark = "", body = "", end = ""] = /^(\ufeff?)(.*?)(\r?)$/s.exec(line) ?? [];
    return `${mark}${change(JSON.parse(body) as Record<string, unknown>, cells)}${end}`;
  });
  if (inserts.length === 0) return lines.join("\n");
  const whole = lines.join("\n");
  const added = inserts.map((cells) => change({}, cells) + lineEnd).join("");
  return `${whole}${whole === "" || whole.endsWith("\n") ? "" : lineEnd}${added}`;
}
