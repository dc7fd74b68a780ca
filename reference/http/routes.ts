/** The API's routes: those of the endpoint table of the wire format. */
import { type Endpoint, type EndpointName, endpoints } from "../../src/api/index.ts";
import type { Refusal } from "./answers.ts";
import { createRouter, methodNotAllowed, unknownEndpoint } from "./router.ts";

export type Route = { name: EndpointName; endpoint: Endpoint; params: Record<string, string> };

const findEndpoints = createRouter(
  (Object.entries(endpoints) as [EndpointName, Endpoint][]).map(([name, endpoint]) => ({
    name,
    endpoint,
    method: endpoint.method,
    path: endpoint.path,
  })),
);

/**
 * @param path below `/v1`, as it came
 * @returns the route, or the refusal it is answered with: 404 `unknown_endpoint`, 405 with `Allow`
 */
export function findRoute(method: string, path: string, { extensions }: { extensions: boolean }): Route | Refusal {
  const matches = findEndpoints(path);
  const isServed = ({ endpoint }: { endpoint: Endpoint }): boolean => extensions || !endpoint.extension;
  const found = matches.find(({ route }) => route.method === method);
  if (found && isServed(found.route)) return { ...found.route, params: found.params };
  const allowed = matches.filter(({ route }) => isServed(route)).map(({ route }) => route.method);
  // An extension that is off is not there: its method is an unknown endpoint even where the path has others.
  return found || allowed.length === 0
    ? unknownEndpoint(method, `/v1${path}`)
    : methodNotAllowed(method, `/v1${path}`, allowed);
}
