/** Answers as `tools/call` gives them. */
import { createFence } from "../answers/customer-text.ts";
import { AnswerTooLongError, createCleaner, createFormatter, type Formatter } from "../answers/formatter.ts";
import { type Detail, defaultRows, readableLimits, sizeLimits } from "../answers/size-limits.ts";
import type { Data } from "../answers/summaries.ts";
import { estimateTokens } from "../answers/tokens.ts";
import { type CallRefusedError, refuseCall, type ToolFailure } from "../answers/tool-failure.ts";
import type { Masking } from "../safety/pii.ts";
import { conformToSchema } from "../tools/schema.ts";
import type { Presented, Tool } from "../tools/tool.ts";

export type ToolResult = {
  content: { type: "text"; text: string }[];
  structuredContent?: Data;
  isError?: true;
  _meta?: Data;
};

/** Tokens an answer may take, text and data together, whatever was asked for. */
const maxTokens = 5_700;

export type Style = {
  detail: Detail;
  now: number;
  masking: Masking | undefined;
  /** Characters of long texts that the agent has read already. */
  skip?: number;
  /** Rows of a list that is answered whole. */
  maxRows?: number;
  /** Whether there are so many rows that each says only what one acts on. */
  dense?: boolean;
  /** What an agent is told besides. */
  notes?: readonly string[];
};

/** An answer, and whether it keeps to its tokens. */
export type Fitted = { result: ToolResult | undefined; tokens: number; fits: boolean; rows: number };

/**
 * Presents the answer with the widest limits that keep it within its tokens.
 *
 * @throws CallRefusedError where none do
 */
export function presentAnswer(tool: Tool, present: (format: Formatter) => Presented, style: Style): ToolResult {
  const { result } = fitAnswer(tool, present, style, 1);
  if (result === undefined) throw refuseLongAnswer(tool);
  return result;
}

export function refuseLongAnswer({ definition }: Tool): CallRefusedError {
  return refuseCall(
    definition.name,
    "answer_too_long",
    "The answer is too long to be shown.",
    "ask for less, with a smaller limit or without detail full.",
  );
}

/**
 * As {@link presentAnswer}. Of more rows than a page has by default, fewer are better than ones that nobody can read.
 *
 * @param rows how many the answer has
 */
export function fitAnswer(tool: Tool, present: (format: Formatter) => Presented, style: Style, rows: number): Fitted {
  const { detail, now, masking, skip, maxRows, dense } = style;
  const fence = createFence();
  const clean = createCleaner(masking);
  const fitted: Fitted = { result: undefined, tokens: 2 * maxTokens, fits: false, rows };
  const levels = sizeLimits[detail].slice(0, rows > defaultRows ? readableLimits : undefined);
  for (const limits of levels) {
    const format = createFormatter({ fence, limits, detail, now, masking, skip, maxRows, dense, clean });
    try {
      const { text, data } = present(format);
      const notes = [...(style.notes ?? []), ...(format.leftOut ? [describeRest(tool, style, limits.field)] : [])];
      fitted.result = toResult(tool, { text, data }, fence.label(), notes.join(" "));
      fitted.tokens = estimateTokens(JSON.stringify(fitted.result));
      fitted.fits = fitted.tokens <= maxTokens;
    } catch (error) {
      if (!(error instanceof AnswerTooLongError)) throw error;
    }
    if (fitted.fits) break;
  }
  return fitted;
}

function toResult({ definition }: Tool, { text, data }: Presented, label: string, note: string): ToolResult {
  // First, where it is read before what it is about; never replaced by a field of that name.
  const own = { ...(label !== "" && { customerText: label }), ...(note !== "" && { leftOut: note }) };
  const structured = Object.assign(Object.fromEntries(Object.keys(own).map((name) => [name, ""])), data, own);
  return {
    content: [{ type: "text", text: [label, text, note].filter((part) => part !== "").join("\n") }],
    structuredContent: conformToSchema(definition.outputSchema, structured) as Data,
  };
}

/** How to get what the marks of an answer stand for. */
function describeRest({ definition, own, whole }: Tool, { detail, skip = 0 }: Style, length: number): string {
  const { name } = definition;
  const call =
    whole ??
    (detail === "concise" && own.includes("detail")
      ? `${name} with detail full`
      : own.includes("skip")
        ? `${name} with detail full and skip ${skip + length}`
        : "OnSync itself");
  return `What is marked as left out ([+N more], not shown) is to be had from ${call}.`;
}

/** How many rows would keep to the tokens, as far as these rows tell. At least one, and fewer than there are. */
export function estimateRows({ tokens, rows }: Fitted): number {
  const room = Math.floor((rows * maxTokens * 0.95) / tokens);
  return Math.max(Math.min(room, rows - 1), rows > defaultRows ? defaultRows : 1);
}

export function presentFailure({ text, ...facts }: ToolFailure, masking: Masking | undefined): ToolResult {
  return {
    content: [{ type: "text", text: masking ? masking.maskText(text) : text }],
    isError: true,
    // Not structuredContent: clients hold that against the schema of the success.
    _meta: { "onsync/error": facts },
  };
}
