/**
 * Zapier's `z.request` as the client's transport: one attempt, no redirects, and every answer handed to the client,
 * whatever its status. What `z.request` does to a request on the way is kept off:
 *
 * - It reads `{{…}}` in bodies and parameters as references to the bundle: it throws on `{{bundle.x}}` and drops
 *   `{{1}}`, which customers write in templates. Bodies arrive serialised and are escaped so that no `{{` is left in
 *   the JSON text; `merge: false` leaves the URL with its query as it is.
 * - A 429 becomes its own ThrottledError, which reads `Retry-After` in whole seconds only, unless
 *   `throwForThrottlingEarly` is off.
 * - With `raw` the answer is not copied into Zapier's log, where it would show customers' messages and new webhook secrets.
 *   What was sent is covered there (`request-log.ts`).
 */
import type { HttpRequestOptions, ZObject } from "zapier-platform-core";
import type { Transport } from "../../src/client/index.ts";
import { createLogCover } from "./request-log.ts";
import { createWatchedAgent, readBody } from "./response-body.ts";

/** The same JSON, without `{{` in its text: the second brace is written as an escape. */
export function escapeDoubleBraces(json: string): string {
  return json.replaceAll("{{", "{\\u007b");
}

export function createZapierTransport(z: ZObject): Transport {
  return async ({ method, url, headers, body, signal }) => {
    const { option, cover } = createLogCover();
    const { agent, closed } = createWatchedAgent(url, cover);
    const options = {
      ...option,
      url,
      agent,
      method: method as NonNullable<HttpRequestOptions["method"]>,
      headers,
      ...(body !== undefined && { body: escapeDoubleBraces(body) }),
      raw: true as const,
      redirect: "manual" as const,
      skipThrowForStatus: true,
      throwForThrottlingEarly: false,
      merge: false,
      // A body that would have to be unpacked could still be on its way when the connection is closed.
      compress: false,
      signal,
    };
    const response = await z.request(options);
    return {
      status: response.status,
      headers: toPlainHeaders(response.headers),
      ...(await readBody(response.body, closed)),
    };
  };
}

function toPlainHeaders(headers: {
  forEach(each: (value: string, name: string) => void): void;
}): Record<string, string> {
  const plain: Record<string, string> = {};
  headers.forEach((value, name) => {
    plain[name] = value;
  });
  return plain;
}
