/** Which routes of a table a path fits, by Hono's router: the API's endpoints, the control API's and the console's. */
import { METHOD_NAME_ALL } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { Refusal } from "./answers.ts";

/** `{name}` in a path stands for one segment of it. */
type TableEntry = { method: string; path: string };
export type Match<Route> = { route: Route; params: Record<string, string> };
/** The routes that a path fits, whatever their method, in the order of the table; their parameters are decoded. */
export type Router<Route> = (path: string) => Match<Route>[];

export function createRouter<Route extends TableEntry>(table: readonly Route[]): Router<Route> {
  const router = new RegExpRouter<Route>();
  // Not by their methods: the answer to a wrong one names those that the path has.
  for (const route of table) router.add(METHOD_NAME_ALL, route.path.replace(/\{(\w+)\}/g, ":$1"), route);
  return (path) => {
    const [matches, captures = []] = router.match(METHOD_NAME_ALL, toCanonicalPath(path));
    return matches.map(([route, indexes]) => ({
      route,
      params: Object.fromEntries(
        Object.entries(indexes).map(([name, index]) => [name, decodeSegment(captures[Number(index)] ?? "")]),
      ),
    }));
  };
}

/** A path segment, percent-decoded; as it stands where it is not well encoded. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The path in the one spelling of it that routes are compared with: an encoded slash stays within its segment. */
function toCanonicalPath(path: string): string {
  return path.includes("%")
    ? path
        .split("/")
        .map((segment) => encodeURIComponent(decodeSegment(segment)))
        .join("/")
    : path;
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
