/**
 * An operation is something a person or an agent can do, stated once and free of any SDK. The MCP tool, the Zapier
 * action or search, the `onsync call` command and the documentation's table are projections of it.
 */
import type * as z from "zod";
import type { ExtensionName, Scope } from "../api/index.ts";
import { describeDetail, toErrorDetails } from "../api/issues.ts";
import { ValidationError } from "../client/errors/index.ts";
import type { OnSync } from "../client/index.ts";
import type { EventReader } from "../webhooks/log/event-log.ts";
import type { Toolset } from "./toolsets.ts";

/**
 * What an operation does to the world: the MCP hints and the read-only mode follow from it.
 * `sends` reaches a customer and cannot be undone.
 */
export type Effect = "reads" | "writes" | "sends" | "deletes";

/**
 * The faces that do not offer an operation, each with what it has instead. What is not named here is offered: MCP makes a
 * tool of it, and Zapier has an action or a search for it (test/faces.test.ts names the file that is missing). The command
 * line offers every operation.
 */
export type LeftOut = { mcp?: string; zapier?: string };

/** What a face hands to an operation beside its input. */
export type OperationContext = {
  /** Ends the call. A send that is under way is settled, not abandoned. */
  signal?: AbortSignal;
  /** Milliseconds the call may take in all, retries included. Default: the client's. */
  deadlineMs?: number;
  /** Identifies a send across replays: the same reference never sends twice. */
  clientReference?: string;
  /** The events received so far, where a webhook receiver runs. */
  events?: EventReader;
};

export type Operation<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> = {
  /** The MCP tool's name, the Zapier key and the command's word. */
  name: string;
  title: string;
  description: string;
  /** A strict object; titles, help and examples live in its `.meta()`. */
  input: Input;
  /** An object; unknown keys pass. */
  output: Output;
  effect: Effect;
  /** The scope the key needs; `null`: any key will do. */
  scope: Scope | null;
  /** A scope it needs besides, for something else that it reads. */
  alsoNeeds?: Scope;
  /** The endpoint it cannot do without, where that is an extension of the API (docs/contract.md, "Extensions"). */
  extension?: ExtensionName;
  /** The groups of MCP tools that it is offered in. */
  toolsets: readonly [Toolset, ...Toolset[]];
  leftOut: LeftOut;
  /** Whether doing it twice with the same input leaves what doing it once leaves. */
  idempotent: boolean;
  /** Whether a write only adds: what was there before stays. What does not may overwrite or clear. */
  additive: boolean;
  run(onsync: OnSync, input: z.output<Input>, context: OperationContext): Promise<z.output<Output>>;
};

export function defineOperation<Input extends z.ZodObject, Output extends z.ZodObject>(
  operation: Omit<Operation<Input, Output>, "idempotent" | "additive"> & { idempotent?: boolean; additive?: boolean },
): Operation<Input, Output> {
  const { effect, idempotent = effect !== "sends", additive = false } = operation;
  return { ...operation, idempotent, additive };
}

/**
 * Checks the input.
 *
 * @throws ValidationError that names the field and the fix
 */
export function parseInput<Input extends z.ZodObject>(
  operation: Pick<Operation<Input>, "name" | "input">,
  input: unknown,
): z.output<Input> {
  const parsed = operation.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const details = toErrorDetails(parsed.error, input);
  const message = details.map((detail) => describeDetail(detail, "the input")).join("; ");
  throw new ValidationError(message, {
    status: 400,
    code: "validation_failed",
    method: "call",
    path: operation.name,
    details,
  });
}

/**
 * Checks the input and runs the operation.
 *
 * @throws ValidationError that names the field and the fix, before any request is made; else what the client throws
 */
export async function runOperation<Input extends z.ZodObject, Output extends z.ZodObject>(
  operation: Operation<Input, Output>,
  onsync: OnSync,
  input: unknown,
  context: OperationContext = {},
): Promise<z.output<Output>> {
  return operation.run(onsync, parseInput(operation, input), context);
}
