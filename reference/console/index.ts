/**
 * The console: the part of OnSync's own interface that a developer of Zaps, tools and webhooks wants to look at. It is
 * served where the control API is, at `/`, to this machine alone; its data is under `/_console`.
 */

import type { Changes } from "../changes.ts";
import type { JsonHandler } from "../control/json-routes.ts";
import { requireLoopback } from "../control/loopback.ts";
import { Refusal } from "../http/answers.ts";
import type { HttpBindings } from "../http/bindings.ts";
import { readFiles, securityHeaders } from "./files.ts";
import { createLiveStreams } from "./live.ts";
import { createRequestLog, type RequestLog } from "./requests/log.ts";
import type { CallAs } from "./subject.ts";

export type Console = {
  /** Whether a path is the console's. */
  serves(path: string): boolean;
  /**
   * The page, its files and the live stream; `null` for what {@link Console.data} answers.
   * @throws Refusal
   */
  page(request: Request, url: URL, env: Partial<HttpBindings> | undefined): Response | null;
  data: JsonHandler;
  requests: RequestLog;
  /** Tells it how the API it belongs to is called: the API is put together after its console. */
  connectApi(callAs: CallAs): void;
  /** Ends the live streams. */
  close(): void;
};

const filesRoot = "/_console/files/";

/** A page elsewhere may link to the console; it may not load anything of it. */
function requireOwnPage(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") {
    throw new Refusal("forbidden", "The console answers its own page only, not a page of another origin.");
  }
}

/**
 * Whether a person opens the page: only then does it carry the control token. No script can pass its request off as this,
 * and the page of another origin can read neither the page nor a frame of it.
 */
function isOpenedByPerson({ headers }: Request): boolean {
  return headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
}

/** @param token the control API's, which the page's own requests carry */
export function createConsole(
  changes: Changes,
  token: string,
  data: (parts: { requests: RequestLog; callAs: CallAs }) => JsonHandler,
): Console {
  const files = readFiles();
  const live = createLiveStreams(changes);
  const requests = createRequestLog();
  let callApi: CallAs = async () => {
    throw new Error("The API is not there yet.");
  };
  const answerData = data({ requests, callAs: (request, keyId) => callApi(request, keyId) });

  const findFile = (request: Request, path: string): { type: string; text: string } => {
    if (path === "/") {
      const text = files.page.replace("{{control-token}}", isOpenedByPerson(request) ? token : "");
      return { type: "text/html; charset=utf-8", text };
    }
    const found = files.get(path.slice(filesRoot.length));
    if (!found) throw new Refusal("not_found", "The console has no such file.");
    return found;
  };

  return {
    serves: (path) => path === "/" || path === "/_console" || path.startsWith("/_console/"),
    page: (request, url, env) => {
      const { pathname } = url;
      const isFile = pathname === "/" || pathname.startsWith(filesRoot);
      if (!isFile && pathname !== "/_console/live") return null;
      requireLoopback(request, env, "The console");
      if (pathname !== "/") requireOwnPage(request);
      if (request.method !== "GET" && request.method !== "HEAD") {
        throw new Refusal("method_not_allowed", "Use GET.", { headers: { Allow: "GET, HEAD" } });
      }
      if (!isFile) return live.open(request);
      const { type, text } = findFile(request, pathname);
      return new Response(request.method === "HEAD" ? null : text, {
        headers: { "Content-Type": type, ...securityHeaders },
      });
    },
    data: async (request, url, env) => {
      try {
        requireOwnPage(request);
      } catch (error) {
        if (error instanceof Refusal) return error.toAnswer();
        throw error;
      }
      return answerData(request, url, env);
    },
    requests,
    connectApi: (callAs) => {
      callApi = callAs;
    },
    close: live.close,
  };
}
