/** What the console's routes work on, and what several of them do with it. */
import * as z from "zod";
import type { ReferenceContext } from "../context.ts";
import { readQuery, validate } from "../http/input.ts";
import type { Org } from "../store/orgs.ts";
import type { Connect } from "./connect.ts";
import type { Imports } from "./imports.ts";
import type { RequestLog } from "./requests/log.ts";

/** Makes a request of the API, with a key that is known by its id alone; `null`: with what the request brings. */
export type CallAs = (request: Request, keyId: string | null) => Promise<Response>;

export type ConsoleSubject = {
  context: ReferenceContext;
  defaultOrg: () => string;
  requests: RequestLog;
  callAs: CallAs;
  /** @param origin where the page was loaded from */
  connect: (origin: string) => Connect;
  /** `null`: nobody brought any. */
  imports: Imports | null;
  /** Something may have fallen due. */
  wake: () => void;
};

/** What a route works on: everything, and the org it is asked about. */
export type OrgSubject = ConsoleSubject & { org: Org };

/** How many rows a page of a list may have. */
export const RowLimit = z.number().int().min(1).max(500);

export function parseQuery<Schema extends z.ZodObject>(schema: Schema, values: URLSearchParams): z.output<Schema> {
  return validate(schema, readQuery(values, schema));
}

/** Makes a change in one transaction; what it makes due is sent. */
export function applyChange<Result>({ context, wake }: ConsoleSubject, work: () => Result): Result {
  const result = context.store.transaction(work);
  wake();
  return result;
}
