/** Answers as `tools/call` gives them. */
import { createFence } from "../answers/customer-text.ts";
import { createFormatter, type Detail, type Formatter, sizeLimits } from "../answers/formatter.ts";
import type { Data } from "../answers/summaries.ts";
import { estimateTokens } from "../answers/tokens.ts";
import type { ToolFailure } from "../answers/tool-failure.ts";
import type { Masking } from "../safety/pii.ts";
import { conformToSchema } from "../tools/schema.ts";
import type { Presented, Tool } from "../tools/tool.ts";

export type ToolResult = {
  content: { type: "text"; text: string }[];
  structuredContent?: Data;
  isError?: true;
  _meta?: Data;
};

/** Tokens an answer may take, text and data together. */
const maxTokens: Record<Detail, number> = { concise: 5_500, full: 20_000 };

export type Style = { detail: Detail; now: number; masking: Masking | undefined };

/** Presents the answer with the widest limits that keep it within its tokens. */
export function presentAnswer(
  { definition }: Tool,
  present: (format: Formatter) => Presented,
  { detail, now, masking }: Style,
): ToolResult {
  const fence = createFence();
  let result: ToolResult | undefined;
  for (const limits of sizeLimits[detail]) {
    const { text, data } = present(createFormatter(fence, limits, detail, now, masking));
    const label = fence.label();
    // First, where it is read before what it is about; never replaced by a field of that name.
    const structured = label === "" ? data : Object.assign({ customerText: "" }, data, { customerText: label });
    result = {
      content: [{ type: "text", text: label === "" ? text : `${label}\n${text}` }],
      structuredContent: conformToSchema(definition.outputSchema, structured) as Data,
    };
    if (estimateTokens(JSON.stringify(result)) <= maxTokens[detail]) break;
  }
  return result as ToolResult;
}

export function presentFailure({ text, ...facts }: ToolFailure, masking: Masking | undefined): ToolResult {
  return {
    content: [{ type: "text", text: masking ? masking.maskText(text) : text }],
    isError: true,
    // Not structuredContent: clients hold that against the schema of the success.
    _meta: { "onsync/error": facts },
  };
}
