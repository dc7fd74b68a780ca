/** Paths and queries of requests. */

export type PathProblem = { name: string; message: string };

/** The names of the `{parts}` of a path template. */
export type PathPartName<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathPartName<Rest>
  : never;

/** What callers know a part by: the `{id}` of `/contacts/{id}` is a contactId. */
function getArgumentName(template: string, part: string): string {
  const segments = template.split("/");
  const collection = segments[segments.indexOf("{id}") - 1];
  return part === "id" && collection?.endsWith("s") ? `${collection.slice(0, -1)}Id` : part;
}

/** Why a value cannot be a part of a path; `undefined` where it can. */
function findProblem(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return "must not be empty";
  if (value === "." || value === "..") return `must be an id, not ${value}`;
  return value.isWellFormed() ? undefined : "must be well-formed Unicode text";
}

/**
 * Fills a path template's parts by their names, each percent-encoded: `whatsapp:+97150` becomes `whatsapp%3A%2B97150`.
 * An id that is `..` or carries `/` cannot leave its path. Returns the path, or which argument is refused and why.
 */
export function buildPath(template: string, parts: Readonly<Record<string, string>>): string | PathProblem {
  let path = "";
  for (const segment of template.slice(1).split("/")) {
    if (!segment.startsWith("{")) {
      path += `/${segment}`;
      continue;
    }
    const part = segment.slice(1, -1);
    const value = parts[part];
    const message = findProblem(value);
    if (message !== undefined) return { name: getArgumentName(template, part), message };
    path += `/${encodeURIComponent(value as string)}`;
  }
  return path;
}

/** `?limit=50&before=…`, without what is undefined; empty where nothing is left. */
export function buildQuery(query: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? "" : `?${parameters}`;
}
