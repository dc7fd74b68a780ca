/** `GET /v1/conversations/:conversationId/messages`. */
import { frameworkNotFound, ownError } from "../faults/answers.ts";
import type { World } from "../virtual-time.ts";
import type { ServerBehaviour } from "./behaviour.ts";
import type { Inbox } from "./inbox.ts";
import type { HistoryRead, Reply, StoredMessage } from "./records.ts";
import { readTime } from "./times.ts";
import type { Wire } from "./wire.ts";

type Server = { world: World; behaviour: ServerBehaviour; inbox: Inbox; wire: Wire };

function answerUnknownConversation({ behaviour, wire }: Server, conversationId: string): Reply {
  switch (behaviour.unknownConversation) {
    case "own404":
      return ownError(404, "not_found", "No such conversation.");
    case "framework404":
      return frameworkNotFound(`/v1/conversations/${encodeURIComponent(conversationId)}/messages`);
    case "html404":
      return { status: 404, headers: { "content-type": "text/html" }, text: "<h1>Not Found</h1>" };
    case "empty":
      return wire.json(200, { data: [], nextBefore: null });
  }
}

/** Metadata may come later than its message. */
function metadataForm({ world, behaviour }: Server, { landedAt }: StoredMessage) {
  const { historyLagMs, metadataLagMs, historyMetadata } = behaviour;
  return metadataLagMs > 0 && landedAt + metadataLagMs > world.now() - historyLagMs ? "absent" : historyMetadata;
}

/** @param read is told of the references that the answer shows */
export function answerHistory(
  server: Server,
  conversationId: string,
  query: URLSearchParams,
  read: HistoryRead,
): Reply {
  const { behaviour, inbox, wire } = server;
  inbox.addNewMessages();
  const limit = query.get("limit") === null ? 50 : Number(query.get("limit"));
  const maxLimit = behaviour.refuseLimitOver ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    return ownError(400, "validation_failed", `limit: give a whole number from 1 to ${maxLimit}.`);
  const beforeText = query.get("before");
  const before = beforeText === null ? Number.POSITIVE_INFINITY : readTime(beforeText);
  if (before === null) return ownError(400, "validation_failed", `before: ${beforeText} is no time.`);

  const visible = inbox.listVisible(conversationId);
  if (visible.length === 0) return answerUnknownConversation(server, conversationId);
  const older = visible
    .filter((message) => message.createdAtMicros < before)
    .sort((a, b) => b.createdAtMicros - a.createdAtMicros || (a.id < b.id ? 1 : -1));
  const page = older.slice(0, Math.min(limit, behaviour.maxPage));
  for (const message of page)
    if (metadataForm(server, message) === "kept" && typeof message.metadata.clientReference === "string")
      read.shown.push(message.metadata.clientReference);
  const last = page.at(-1);
  return wire.json(200, {
    data: page.map((message) => wire.message(message, metadataForm(server, message))),
    nextBefore: older.length > page.length && last ? wire.writeTime(last.createdAtMicros) : null,
  });
}
