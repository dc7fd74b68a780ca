/** A request of revision 2026-07-28, which says all there is to know of its client. */
import { createMcpHandler, type Server } from "@modelcontextprotocol/server";
import { systemClock } from "../../src/client/clock.ts";
import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import type { Era } from "../protocol/era.ts";
import { readListenedUris } from "../protocol/listen.ts";
import { createSubscriptions } from "../surface/subscriptions.ts";
import { notifyWhenRead } from "./when-read.ts";

/** What answers a request. */
export type RequestSource = {
  /** The answer to who may not send this message. */
  findRefusal(message: unknown): Response | undefined;
  createServer(era: Era): Server;
  /** What tells that a resource has changed. */
  changes: EventReader | undefined;
  /** Aborted when the server is about to close. */
  ending: AbortSignal;
  onerror(error: Error): void;
};

export async function answerModern(
  request: Request,
  message: unknown,
  { createServer, changes, ending, onerror }: RequestSource,
): Promise<Response> {
  const handler = createMcpHandler(({ era }) => createServer(era), { legacy: "reject", onerror });
  const response = await handler.fetch(request, { parsedBody: message });
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response;

  const uris = changes ? readListenedUris(message) : [];
  const subscriptions =
    changes && uris.length > 0
      ? createSubscriptions(changes, (uri) => handler.notify.resourceUpdated(uri), systemClock.sleep)
      : undefined;
  for (const uri of uris) subscriptions?.add(uri);
  // A client that listens is told that the server closes; a call under way is answered first.
  const end = () => void handler.close();
  if (subscriptions) ending.addEventListener("abort", end, { once: true });
  return notifyWhenRead(response, () => {
    ending.removeEventListener("abort", end);
    subscriptions?.close();
  });
}
