/**
 * What Zapier's log shows of a request. `z.request` logs address, query and body when the answer is there, as its own request
 * object has them by then, and no setting keeps them out. So the app takes hold of that object (`beforeRequest`) and, once
 * the connection is being made, writes over what belongs to a customer. By then the request that goes out is another
 * object, which keeps the address and the body.
 */

/** `z.request`'s own object, as far as it is logged. */
type LoggedRequest = { url?: string; body?: unknown };

// The zip has this module twice, where a start and where a step finds it: they mean the same by it.
const whenPrepared = Symbol.for("onsync: when z.request has prepared its request");

type WithHook = LoggedRequest & { [whenPrepared]?: (request: LoggedRequest) => void };

/** Values of the query that are nobody's: how much of a list, and of which kind. */
const openParameters = ["limit", "platform", "status"];

/** The address as the log shows it: no phone, no e-mail, no conversation, no words that were looked for. */
export function hideInLog(url: string): string {
  const [address = "", query] = url.split("?");
  const path = hideInPath(address);
  if (query === undefined) return path;
  const parameters = [...new URLSearchParams(query)].map(
    ([name, value]) => `${name}=${openParameters.includes(name) ? value : "…"}`,
  );
  return `${path}?${parameters.join("&")}`;
}

/** A conversation's id is the customer's address; a contact's says nothing, and helps when something is looked for. */
export function hideInPath(path: string): string {
  return path.replaceAll(/\/conversations\/[^/\s]+/g, "/conversations/…");
}

/** For the app's `beforeRequest`: hands each prepared request to whoever makes it. */
export function handOverPrepared<Request extends object>(request: Request): Request {
  (request as WithHook)[whenPrepared]?.(request);
  return request;
}

/** @returns what to pass to `z.request`, and what to call when the request is on its way */
export function createLogCover(): { option: object; cover: () => void } {
  let prepared: LoggedRequest | undefined;
  const option: WithHook = {
    [whenPrepared]: (request) => {
      prepared = request;
    },
  };
  const cover = () => {
    if (prepared?.url !== undefined) prepared.url = hideInLog(prepared.url);
    if (prepared?.body !== undefined) prepared.body = "<not logged>";
  };
  return { option, cover };
}
