/** The API's routes: those of the endpoint table of the wire format. */
import { type Endpoint, type EndpointName, endpoints } from "../../src/api/index.ts";
import type { Refusal } from "./answers.ts";
import { createRouter, methodNotAllowed, unknownEndpoint } from "./router.ts";

export type Route = { name: EndpointName; endpoint: Endpoint; params: Record<string, string> };

const router = createRouter(
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
  const found = router.find(method, path);
  if (found) {
    const { name, endpoint } = found.route;
    // An extension that is off is not there: its method is an unknown endpoint even where the path has others.
    return endpoint.extension && !extensions
      ? unknownEndpoint(method, `/v1${path}`)
      : { name, endpoint, params: found.params };
  }
  const served = router.listByPath(path).filter(({ endpoint }) => extensions || !endpoint.extension);
  if (served.length === 0) return unknownEndpoint(method, `/v1${path}`);
  return methodNotAllowed(
    method,
    `/v1${path}`,
    served.map((route) => route.method),
  );
}
