/** A tool is an operation as an agent sees it: fewer words, an answer of its size. It knows no SDK. */
import type * as z from "zod";
import type { OnSync } from "../../src/client/index.ts";
import type { Operation, OperationContext } from "../../src/operations/index.ts";
import type { Formatter } from "../answers/formatter.ts";
import type { Data } from "../answers/summaries.ts";
import type { Report } from "../call/progress.ts";
import { type Advertised, advertise, type Wording } from "./advertise.ts";

/** All four are always explicit: hosts assume the worst of a hint that is missing. */
export type Hints = {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
};

/** A tool as `tools/list` answers it. */
export type ToolDefinition = {
  name: string;
  title: string;
  description: string;
  annotations: Hints & { title: string };
  _meta?: Data;
} & Omit<Advertised, "maps">;

/** The text and the data of an answer. Each stands alone: hosts show the model the one or the other. */
export type Presented = { text: string; data: Data };

export type Tool = {
  operation: Operation;
  definition: ToolDefinition;
  /** The arguments that are maps, advertised as lists of texts `name=value`. */
  maps: readonly string[];
  /** Whether `detail` may be given. */
  detail: boolean;
  /** Whether it waits for something to happen: such a call may be ended when the server closes. */
  waits: boolean;
  /** What to do where the API lacks the extension the operation needs: one sentence. */
  withoutExtension?: string;
  /** Turns this face's own forms of arguments into the operation's. It may ask OnSync, and refuse. */
  prepare?(args: Data, onsync: OnSync, context: Pick<OperationContext, "signal">): Promise<Data>;
  /** The call that shows whole what an answer leaves out, where that is another tool's. */
  whole?: string;
  /** How many rows an answer has room for at most: more are not asked of OnSync, whatever the limit. */
  roomFor?: number;
  /** The answer with as many rows at most, and the cursor behind them; `undefined` where only OnSync can tell that. */
  fewer?(answer: unknown, rows: number): unknown;
  /** Arguments of this face's own taken out, before the operation checks the rest. */
  own: readonly string[];
  present(answer: unknown, format: Formatter, args: Data): Presented;
};

function toHints({ effect, idempotent, additive }: Operation): Hints {
  return {
    readOnlyHint: effect === "reads",
    destructiveHint: effect !== "reads" && !additive,
    idempotentHint: effect === "reads" || (effect !== "sends" && idempotent),
    openWorldHint: true,
  };
}

/** Reads on in a text that one answer has no room for. */
export const skipArgument = { skip: { type: "integer", description: "Characters to leave out of long texts" } };

const detail = { type: "string", enum: ["concise", "full"] };

export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  operation: Operation<Input, Output>,
  {
    description = operation.description,
    words = {},
    omit = [],
    optional = [],
    forms = {},
    extra = {},
    adds = {},
    ...face
  }: Wording & {
    /** Where an agent needs other words than a person. */
    description?: string;
    detail?: boolean;
    waits?: boolean;
    withoutExtension?: string;
    prepare?: Tool["prepare"];
    whole?: string;
    roomFor?: number;
    fewer?(answer: z.output<Output>, rows: number): z.output<Output> | undefined;
    present(answer: z.output<Output>, format: Formatter, args: Data): Presented;
  },
): Tool {
  const { maps, ...schemas } = advertise(operation as unknown as Operation, {
    words,
    omit,
    optional,
    forms,
    extra: { ...extra, ...(face.detail && { detail }) },
    adds,
  });
  return {
    operation: operation as unknown as Operation,
    definition: {
      name: operation.name,
      title: operation.title,
      description,
      ...schemas,
      annotations: { title: operation.title, ...toHints(operation as unknown as Operation) },
    },
    maps,
    detail: face.detail ?? false,
    waits: face.waits ?? false,
    ...(face.withoutExtension !== undefined && { withoutExtension: face.withoutExtension }),
    ...(face.prepare && { prepare: face.prepare }),
    ...(face.whole !== undefined && { whole: face.whole }),
    ...(face.roomFor !== undefined && { roomFor: face.roomFor }),
    ...(face.fewer && { fewer: face.fewer as Tool["fewer"] }),
    own: [...Object.keys(extra), ...(face.detail ? ["detail"] : [])],
    present: face.present as Tool["present"],
  };
}

export type ToolContext = Pick<OperationContext, "signal"> & {
  /** Aborted when the server is about to close: calls that only wait are ended then, the others finish. */
  ending?: AbortSignal;
  /** Tells the host how far the call is, where it wants to know. */
  report?: Report;
  /**
   * Asks the person at the host, where it can. `none`: there was no answer in time. `asked`: the host asks now and makes
   * the same call again with the answer, so that this call has to end without having done anything.
   */
  ask?: ((question: string) => Promise<"yes" | "no" | "none" | "asked">) | undefined;
  /** The host that calls: its name, as it says, and whether it shows pages of ours in the chat (MCP Apps). */
  host?: { name: string | null; showsApps: boolean } | undefined;
};
