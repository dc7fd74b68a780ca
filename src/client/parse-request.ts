/** What a caller asks for, checked and encoded as a request. This is where the client parses an input, once for each call. */

import type { ErrorDetail } from "../api/index.ts";
import { describeDetail, toErrorDetails } from "../api/issues.ts";
import type { ClientContext } from "./context.ts";
import { ValidationError } from "./errors/api-errors.ts";
import { isOnSyncError } from "./errors/guards.ts";
import type { TransportRequest } from "./transport/transport.ts";
import { type ClientEndpoint, type EndpointName, endpoints } from "./wire/endpoints.ts";
import { buildPath, buildQuery, type PathPartName } from "./wire/path.ts";
import { checkValue, type Rule } from "./wire/rule.ts";

/** What a call of an endpoint is given. The parts of the path go by their names in the endpoint's template. */
export type CallInput<Name extends EndpointName = EndpointName> = {
  query?: Readonly<Record<string, unknown>> | undefined;
  body?: unknown;
} & ([PathPartName<(typeof endpoints)[Name]["path"]>] extends [never]
  ? { path?: undefined }
  : { path: Readonly<Record<PathPartName<(typeof endpoints)[Name]["path"]>, string>> });

/** What is asked for. `path` is without the query and safe to show. */
export type RequestTarget<Name extends EndpointName = EndpointName> = {
  name: Name;
  endpoint: ClientEndpoint;
  path: string;
  baseUrl: string;
};

export type PreparedRequest<Name extends EndpointName = EndpointName> = {
  target: RequestTarget<Name>;
  request: Omit<TransportRequest, "signal" | "maxBytes">;
};

function createValidationError(
  { redact }: ClientContext,
  { endpoint, path }: RequestTarget,
  details: ErrorDetail[],
): ValidationError {
  const shown = redact.data(details);
  return new ValidationError(shown.map((detail) => describeDetail(detail)).join("; "), {
    status: 400,
    code: "validation_failed",
    method: endpoint.method,
    path,
    details: shown,
  });
}

/** @throws ValidationError */
function parse(context: ClientContext, target: RequestTarget, rule: Rule, input: unknown): unknown {
  const { value, findings } = checkValue(rule, input);
  if (findings.length === 0) return value;
  throw createValidationError(context, target, toErrorDetails({ issues: findings }, input));
}

/** @throws ValidationError */
function parseBody(context: ClientContext, target: RequestTarget, rule: Rule, body: unknown): string {
  try {
    return JSON.stringify(parse(context, target, rule, body));
  } catch (error) {
    if (isOnSyncError(error)) throw error;
    throw createValidationError(context, target, [
      { path: [], code: "custom", message: "cannot be written as JSON (a cycle or a BigInt, most likely in metadata)" },
    ]);
  }
}

/** @throws ValidationError that names the field and the fix; no request is spent */
export function parseRequest<Name extends EndpointName>(
  context: ClientContext,
  name: Name,
  input: CallInput<Name>,
): PreparedRequest<Name> {
  const endpoint: ClientEndpoint = endpoints[name];
  const { baseUrl } = context;
  const path = buildPath(endpoint.path, input.path ?? {});
  if (typeof path !== "string") {
    const detail = { path: [path.name], code: "custom", message: path.message };
    throw createValidationError(context, { name, endpoint, path: endpoint.path, baseUrl }, [detail]);
  }
  const target = { name, endpoint, path: context.redact.text(path), baseUrl };
  const query = endpoint.query ? parse(context, target, endpoint.query, input.query ?? {}) : {};
  const { method } = endpoint;
  const url = baseUrl + path + buildQuery(query as Record<string, unknown>);
  if (!endpoint.body) return { target, request: { method, url, headers: context.headers } };
  const body = parseBody(context, target, endpoint.body, input.body);
  const headers = { ...context.headers, "content-type": "application/json" };
  return { target, request: { method, url, headers, body } };
}
