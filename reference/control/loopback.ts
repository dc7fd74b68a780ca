/** The control API and the console answer this machine alone, and no web page that a browser on it happens to show. */
import type { HttpBindings } from "@hono/node-server";
import { Refusal } from "../answers.ts";

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host);

const hostName = (host: string): string => (URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "");

/**
 * Checks the peer's address, the Host header (a foreign name that resolves to the loopback is somebody's attack) and
 * the Origin.
 * @param name what a refusal calls the part that was asked for
 * @throws Refusal 403
 */
export const mustBeLoopback = (
  request: Request,
  url: URL,
  env: Partial<HttpBindings> | undefined,
  name: string,
): void => {
  const refuse = (what: string): Refusal =>
    new Refusal("forbidden", `${name} answers loopback requests only: ${what}. Use http://127.0.0.1.`);

  const peer = env?.incoming?.socket.remoteAddress;
  if (env?.incoming && (peer === undefined || !isLoopback(peer))) throw refuse("the request comes from elsewhere");
  const host = env?.incoming?.headers.host ?? request.headers.get("host");
  if (!isLoopback(url.hostname) || (host !== null && !isLoopback(hostName(host)))) {
    throw refuse("the Host header names another machine");
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== url.origin) throw refuse("the request was made by a page of another origin");
};
