/** Keeps the API key out of everything that leaves the client other than the request itself. */

export type Redact = {
  text(text: string): string;
  /** JSON-like data, copied with the key taken out of every string in it. */
  data<Data>(data: Data): Data;
  /** A copy of what a transport threw, without whatever else hangs on it (requests with their headers, sockets). */
  error(error: unknown): Error;
};

export const redactedKey = "[API key]";

/** Below this length a "key" is a word that texts may hold by chance. */
const minKeyLength = 6;

export function createRedact(apiKey: string): Redact {
  const forms = [...new Set([apiKey, encodeURIComponent(apiKey), JSON.stringify(apiKey).slice(1, -1)])].filter(
    (form) => form.length >= minKeyLength,
  );
  const text = (value: string): string => forms.reduce((rest, form) => rest.replaceAll(form, redactedKey), value);

  const data = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(data);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), data(item)]));
  };

  const error = (thrown: unknown, depth = 0): Error => {
    if (!isErrorLike(thrown)) return new Error(text(String(thrown)));
    const copy: Error & { code?: string; syscall?: string; errors?: Error[] } = new Error(text(thrown.message));
    if (thrown.name !== "Error") copy.name = text(String(thrown.name));
    copy.stack = text(String(thrown.stack ?? ""));
    for (const field of ["code", "syscall"] as const) {
      if (typeof thrown[field] === "string") copy[field] = text(thrown[field]);
    }
    if (depth < 4 && isErrorLike(thrown.cause)) copy.cause = error(thrown.cause, depth + 1);
    if (depth < 4 && Array.isArray(thrown.errors)) copy.errors = thrown.errors.map((each) => error(each, depth + 1));
    return copy;
  };

  return { text, data: <Data>(value: Data) => data(value) as Data, error: (thrown) => error(thrown) };
}

/** By shape: errors of another realm are no `instanceof Error`. */
export function isErrorLike(value: unknown): value is Error & { code?: unknown; syscall?: unknown; errors?: unknown } {
  return typeof value === "object" && value !== null && "message" in value && typeof value.message === "string";
}
