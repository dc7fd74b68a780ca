/**
 * The schemas that `tools/list` shows of an operation. They are the same at every start: the bundle carries them ready
 * made in place of this file (`scripts/mcp/bundle.ts`).
 */
import type { Operation } from "../../src/operations/index.ts";
import { type JsonSchema, toInputSchema, toOutputSchema } from "./schema.ts";

export type Advertised = {
  inputSchema: JsonSchema & { type: "object" };
  outputSchema: JsonSchema & { type: "object" };
};

export type Wording = {
  /** Help by field, where an agent needs fewer words than the operation has; empty: the name says it. */
  words?: Record<string, string>;
  /** Fields that this face does not offer. */
  omit?: string[];
  /** Arguments of this face's own. */
  extra?: JsonSchema;
  /** Fields that the presenter adds to the operation's own answer. */
  adds?: JsonSchema;
};

export function advertise(operation: Operation, { words, omit, extra, adds }: Wording): Advertised {
  return {
    inputSchema: {
      type: "object",
      ...toInputSchema(operation.input, { ...(words && { words }), ...(omit && { omit }), ...(extra && { extra }) }),
    },
    outputSchema: { type: "object", ...toOutputSchema(operation.output, adds) },
  };
}
