/** Which of the kept requests are listed: by method, path, answer, key and words. */
import * as z from "zod";
import type { LoggedRequest } from "./log.ts";

const outcomes = {
  succeeded: ({ status }: LoggedRequest) => status < 400,
  errors: ({ status }: LoggedRequest) => status >= 400,
  "4xx": ({ status }: LoggedRequest) => status >= 400 && status < 500,
  "5xx": ({ status }: LoggedRequest) => status >= 500,
  faults: ({ fault }: LoggedRequest) => fault !== null,
};

export type Outcome = keyof typeof outcomes;
export const outcomeNames = Object.keys(outcomes) as [Outcome, ...Outcome[]];

export const RequestsQuery = z.strictObject({
  method: z.string().max(20).optional(),
  /** As a fault takes it: `*` stands for one segment. */
  path: z.string().max(500).optional(),
  outcome: z.enum(outcomeNames).optional(),
  status: z.number().int().min(100).max(599).optional(),
  /** The beginning of a key, as it is shown. */
  key: z.string().max(200).optional(),
  /** Each word stands somewhere in what is known of a request. */
  words: z.string().max(500).optional(),
});
export type RequestsQuery = z.output<typeof RequestsQuery>;

/** The path of a request as people read it; as it stands where it is not well encoded. */
function decodePath(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function toSearchText(request: LoggedRequest): string {
  const { method, path, status, requestId, keyPrefix, client, error, fault } = request;
  return [method, path, decodePath(path), status, requestId, keyPrefix, client, error?.code, error?.message, fault]
    .filter((each) => each !== null && each !== undefined)
    .join(" ")
    .toLowerCase();
}

function isPath(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const found = (path.split("?")[0] as string).split("/");
  return wanted.length === found.length && wanted.every((part, index) => part === "*" || part === found[index]);
}

export function filterRequests(requests: readonly LoggedRequest[], query: RequestsQuery): LoggedRequest[] {
  const words = (query.words ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return requests.filter(
    (request) =>
      (query.method === undefined || request.method === query.method) &&
      (query.path === undefined || isPath(query.path, request.path)) &&
      (query.outcome === undefined || outcomes[query.outcome](request)) &&
      (query.status === undefined || request.status === query.status) &&
      (query.key === undefined || request.keyPrefix === query.key) &&
      (words.length === 0 || words.every((word) => toSearchText(request).includes(word))),
  );
}
