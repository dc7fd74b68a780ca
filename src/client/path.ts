/** Paths and queries of requests. */

export type PathProblem = { name: string; message: string };

/**
 * Fills a path template's parts, in order, each percent-encoded: `whatsapp:+97150` becomes `whatsapp%3A%2B97150`. An id
 * that is `..` or carries `/` cannot leave its path. Returns the path, or which part is refused and why.
 */
export function buildPath(template: string, parts: Record<string, string>): string | PathProblem {
  let problem: PathProblem | undefined;
  const entries = Object.entries(parts);
  const path = template.replace(/\{\w+\}/g, () => {
    const [name, value] = entries.shift() ?? ["id", undefined];
    if (typeof value !== "string" || value === "") problem ??= { name, message: "must not be empty" };
    else if (value === "." || value === "..") problem ??= { name, message: `must be an id, not ${value}` };
    else if (!value.isWellFormed()) problem ??= { name, message: "must be well-formed Unicode text" };
    else return encodeURIComponent(value);
    return "";
  });
  return problem ?? path;
}

/** `?limit=50&before=…`, without what is undefined; empty where nothing is left. */
export function buildQuery(query: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? "" : `?${parameters}`;
}
