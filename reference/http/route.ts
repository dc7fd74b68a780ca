/** Which endpoint a request is for, by the endpoint table of the wire format. */
import { type Endpoint, type EndpointName, endpoints } from "../../src/api/index.ts";
import { Refusal } from "./answers.ts";

export type Route = { name: EndpointName; endpoint: Endpoint; params: Record<string, string> };

export function segmentsOf(path: string): string[] {
  return path.split("/").slice(1);
}

const table = Object.entries(endpoints).map(([name, endpoint]) => ({
  name: name as EndpointName,
  endpoint: endpoint as Endpoint,
  segments: segmentsOf(endpoint.path),
}));

function parameterName(segment: string): string | undefined {
  return /^\{(\w+)\}$/.exec(segment)?.[1];
}

/** A path segment, percent-decoded; as it stands where it is not well encoded. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The parameters of a path (in segments) that fits a pattern, decoded; `null` where it does not fit. */
export function match(pattern: string[], path: string[]): Record<string, string> | null {
  if (pattern.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const given = path[index] as string;
    const name = parameterName(segment);
    if (name !== undefined && given !== "") params[name] = decodeSegment(given);
    else if (segment !== decodeSegment(given)) return null;
  }
  return params;
}

export function unknownEndpoint(method: string, path: string): Refusal {
  return new Refusal(
    "unknown_endpoint",
    `There is no endpoint ${method} ${path.slice(0, 200)}. Check the path and the base URL.`,
  );
}

/**
 * @param path below `/v1`, as it came
 * @returns the route, or the refusal it is answered with: 404 `unknown_endpoint`, 405 with `Allow`
 */
export function findRoute(method: string, path: string, { extensions }: { extensions: boolean }): Route | Refusal {
  const segments = segmentsOf(path);
  const allowed: string[] = [];
  for (const { name, endpoint, segments: pattern } of table) {
    const params = match(pattern, segments);
    if (!params) continue;
    if (endpoint.extension && !extensions) {
      // An extension that is off is not there: its method is an unknown endpoint even where the path has others.
      if (endpoint.method === method) return unknownEndpoint(method, `/v1${path}`);
    } else if (endpoint.method === method) return { name, endpoint, params };
    else allowed.push(endpoint.method);
  }
  if (allowed.length === 0) return unknownEndpoint(method, `/v1${path}`);
  return new Refusal("method_not_allowed", `${method} is not a method of /v1${path}. Use ${allowed.join(" or ")}.`, {
    headers: { Allow: allowed.join(", ") },
  });
}
