/** What a handler is: it runs in one transaction, after every check, on input its schemas have taken. */
import type * as z from "zod";
import type { EndpointName, endpoints } from "../../../src/api/index.ts";
import type { ReferenceContext } from "../../context.ts";
import type { Budget } from "../../inbox/budget.ts";
import type { Answer } from "../answers.ts";
import type { Caller } from "../auth.ts";

type InputPart<Of, Part extends "params" | "query" | "body"> =
  Of extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

export type Call<Name extends EndpointName> = Caller & {
  context: ReferenceContext;
  /** The org's budget after this request. */
  budget: Budget;
  params: InputPart<(typeof endpoints)[Name], "params">;
  query: InputPart<(typeof endpoints)[Name], "query">;
  body: InputPart<(typeof endpoints)[Name], "body">;
};

/** @throws Refusal for everything that is answered with an error; what it wrote is undone */
export type Handler<Name extends EndpointName> = (call: Call<Name>) => Answer;
export type Handlers<Name extends EndpointName> = { [Each in Name]: Handler<Each> };

export function ok(body: Record<string, unknown>): Answer {
  return { status: 200, body };
}

export function created(body: Record<string, unknown>): Answer {
  return { status: 201, body };
}
