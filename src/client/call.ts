/** A call of an endpoint that may be made again (reads, PATCH, DELETE, the upsert of a contact). */
import type { EndpointName } from "../api/index.ts";
import type { ClientContext } from "./context.ts";
import { type Deadline, startDeadline, unwrapAbortReason } from "./deadline.ts";
import type { CallOptions } from "./options.ts";
import { type CallInput, parseRequest } from "./parse-request.ts";
import { executeRequest } from "./request.ts";
import type { ApiResponse } from "./response.ts";
import { executeWithRetry } from "./retry.ts";

/** `afterUncertain`: an attempt before the answered one may have had an effect. */
type CallResponse<Name extends EndpointName> = ApiResponse<Name> & { afterUncertain: boolean };

/** @throws the error of the tree that the call ended in; the caller's own reason where it was aborted */
export async function executeCall<Name extends EndpointName>(
  context: ClientContext,
  name: Name,
  input: CallInput<Name>,
  options: CallOptions | undefined,
): Promise<CallResponse<Name>> {
  return unwrapAbortReason(executeCallUntil(context, name, input, startDeadline(context, options)));
}

/** As part of a longer call, whose deadline it shares. @throws AbortedError beside the errors of the tree */
export async function executeCallUntil<Name extends EndpointName>(
  context: ClientContext,
  name: Name,
  input: CallInput<Name>,
  deadline: Deadline,
): Promise<CallResponse<Name>> {
  const prepared = parseRequest(context, name, input);
  return executeWithRetry(context, deadline, async (number, afterUncertain) => ({
    ...(await executeRequest(context, prepared, deadline, number)),
    afterUncertain,
  }));
}
