/**
 * An answer that is too long even with its texts cut has fewer rows. The cursor then goes on behind the last of them:
 * where this server can tell it, it is the row's own; else the page is asked for again, with a smaller limit.
 */
import { defaultRows } from "../answers/size-limits.ts";
import type { Data } from "../answers/summaries.ts";
import type { Tool } from "../tools/tool.ts";
import { estimateRows, type Fitted, fitAnswer, refuseLongAnswer, type Style, type ToolResult } from "./present.ts";

type Asked = { input: Data; args: Data; answer: unknown };

/**
 * @param askAgain runs the operation again, with another limit
 * @returns the result, and the part of the answer that it shows
 * @throws CallRefusedError where nothing makes the answer short enough
 */
export async function presentRows(
  tool: Tool,
  { input, args, answer }: Asked,
  style: Style,
  askAgain: (input: Data) => Promise<unknown>,
): Promise<{ result: ToolResult; shown: unknown }> {
  let current = answer;
  let { maxRows = defaultRows } = style;
  const asked = typeof input.limit === "number" ? input.limit : undefined;
  // A list that OnSync answers whole has pages of this server's own.
  const dense = style.detail === "concise" && (style.dense === true || countRows(answer) >= defaultRows);
  const pages = asked === undefined && tool.fewer === undefined;
  const present = (notes: readonly string[] = []): Fitted => {
    const rows = pages ? Math.min(countRows(current), maxRows) : countRows(current);
    return fitAnswer(tool, (format) => tool.present(current, format, args), { ...style, maxRows, dense, notes }, rows);
  };
  let fitted = present();
  while (!fitted.fits && fitted.rows > 1) {
    const { rows } = fitted;
    const fewer = estimateRows(fitted);
    const shortened = tool.fewer?.(current, fewer);
    if (shortened !== undefined) current = shortened;
    else if (asked !== undefined) current = await askAgain({ ...input, limit: fewer });
    else maxRows = fewer;
    fitted = present(asked === undefined ? [] : [`An answer has no room for ${asked} rows of these: go on from here.`]);
    if (fitted.rows >= rows) break;
  }
  const { result, fits } = fitted;
  // What was done is told at any length.
  if (result !== undefined && (fits || tool.operation.effect !== "reads")) return { result, shown: current };
  throw refuseLongAnswer(tool);
}

function countRows(answer: unknown): number {
  const { data } = (answer ?? {}) as Data;
  return Array.isArray(data) ? data.length : 1;
}
