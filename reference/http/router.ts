/** Which routes of a table a path fits, by Hono's router: the API's endpoints, the control API's and the console's. */
import { METHOD_NAME_ALL } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { Refusal } from "./answers.ts";

/** `{name}` in a path stands for one segment of it. */
type TableEntry = { method: string; path: string };
export type Match<Route> = { route: Route; params: Record<string, string> };
export type Router<Route> = {
  /** The route of a request, with its parameters decoded. */
  find(method: string, path: string): Match<Route> | undefined;
  /** All that the path fits, whatever their method, in the order of the table. */
  listByPath(path: string): Route[];
};

export function createRouter<Route extends TableEntry>(table: readonly Route[]): Router<Route> {
  const byMethod = new RegExpRouter<Route>();
  const byPath = new RegExpRouter<Route>();
  for (const route of table) {
    const pattern = route.path.replace(/\{(\w+)\}/g, ":$1");
    byMethod.add(route.method, pattern, route);
    byPath.add(METHOD_NAME_ALL, pattern, route);
  }
  return {
    find: (method, path) => {
      const found = findMatch(byMethod, method, path);
      return found || !path.includes("%") ? found : findMatch(byMethod, method, toCanonicalPath(path));
    },
    listByPath: (path) => byPath.match(METHOD_NAME_ALL, toCanonicalPath(path))[0].map(([route]) => route),
  };
}

function findMatch<Route>(router: RegExpRouter<Route>, method: string, path: string): Match<Route> | undefined {
  const [matches, captures = []] = router.match(method, path);
  // Hono gives no list, not even an empty one, for a method that no route has.
  const [match] = matches ?? [];
  if (!match) return undefined;
  const [route, indexes] = match;
  const params: Record<string, string> = {};
  for (const name in indexes) params[name] = decodeSegment(captures[Number(indexes[name])] ?? "");
  return { route, params };
}

/** A path segment, percent-decoded; as it stands where it is not well encoded. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The path with nothing encoded that need not be: `/%63ontacts` is `/contacts`. An encoded slash stays in its segment. */
function toCanonicalPath(path: string): string {
  return path
    .split("/")
    .map((segment) => (segment.includes("%") ? encodeURIComponent(decodeSegment(segment)) : segment))
    .join("/");
}

export function unknownEndpoint(method: string, path: string): Refusal {
  return new Refusal(
    "unknown_endpoint",
    `There is no endpoint ${method} ${path.slice(0, 200)}. Check the path and the base URL.`,
  );
}

/** @param place what has no such method, as the sentence names it */
export function methodNotAllowed(method: string, place: string, allowed: readonly string[]): Refusal {
  return new Refusal("method_not_allowed", `${method} is not a method of ${place}. Use ${allowed.join(" or ")}.`, {
    headers: { Allow: allowed.join(", ") },
  });
}
