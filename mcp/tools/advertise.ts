/**
 * The schemas that `tools/list` shows of an operation. They are the same at every start: the bundle carries them ready
 * made in place of this file (`scripts/mcp/bundle.ts`).
 */
import type { Operation } from "../../src/operations/index.ts";
import { type JsonSchema, toInputSchema, toOutputSchema } from "./schema.ts";

export type Advertised = {
  inputSchema: JsonSchema & { type: "object" };
  /** The arguments that are maps: each is advertised as a list of texts `name=value`. */
  maps: readonly string[];
  outputSchema: JsonSchema & { type: "object" };
};

export type Wording = {
  /** Help by field, where an agent needs fewer words than the operation has; empty: the name says it. */
  words?: Record<string, string>;
  /** Fields that this face does not offer. */
  omit?: string[];
  /** Fields that the operation needs, and the tool's `prepare` finds where they are not given. */
  optional?: string[];
  /** Fields that this face takes in another form, which the tool's `prepare` turns into the operation's. */
  forms?: JsonSchema;
  /** Arguments of this face's own. */
  extra?: JsonSchema;
  /** Fields that the presenter adds to the operation's own answer. */
  adds?: JsonSchema;
};

export function advertise(operation: Operation, { words, omit, optional, forms, extra, adds }: Wording): Advertised {
  const { schema, maps } = toInputSchema(operation.input, {
    ...(words && { words }),
    ...(omit && { omit }),
    ...(optional && { optional }),
    extra: { ...forms, ...extra },
  });
  return { inputSchema: schema, maps, outputSchema: { type: "object", ...toOutputSchema(operation.output, adds) } };
}
