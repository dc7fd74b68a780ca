/** The control API and the console answer this machine alone, and no web page that a browser on it happens to show. */

import { findRefusedHeader } from "../../src/http/access.ts";
import { isLoopback } from "../../src/http/loopback.ts";
import { isDelivery } from "../deliveries/send.ts";
import { Refusal } from "../http/answers.ts";
import type { HttpBindings } from "../http/bindings.ts";

/** What a proxy on this machine adds: who asks is somewhere else. */
const proxyHeaders = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/**
 * Checks the peer's address, the Host header (a foreign name that resolves to the loopback is somebody's attack), the
 * Origin, and that it is neither forwarded nor a webhook delivery.
 * @param name what a refusal calls the part that was asked for
 * @throws Refusal 403
 */
export function requireLoopback(request: Request, env: Partial<HttpBindings> | undefined, name: string): void {
  const refuse = (what: string): Refusal =>
    new Refusal("forbidden", `${name} answers loopback requests only: ${what}. Use http://127.0.0.1.`);

  const peer = env?.incoming?.socket.remoteAddress;
  if (env?.incoming && (peer === undefined || !isLoopback(peer))) throw refuse("the request comes from elsewhere");
  if (proxyHeaders.some((header) => request.headers.has(header))) throw refuse("the request was forwarded by a proxy");
  switch (findRefusedHeader(request, { origins: "own" })) {
    case "Host":
      throw refuse("the Host header names another machine");
    case "Origin":
      throw refuse("the request was made by a page of another origin");
    case undefined:
      if (isDelivery(request.headers)) throw refuse("the request is a webhook delivery");
  }
}
