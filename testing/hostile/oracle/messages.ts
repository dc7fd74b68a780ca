/** Laws of the messages and requests that there are, whatever the calls said. */
import { graceMs, isKnowable, isLedgerShared, isOfIntent, whenBegun } from "./evidence.ts";
import type { Truth, Violations } from "./truth.ts";

/** What was asked for is what was sent. */
export function* findChanged({ plan, messages }: Truth): Violations {
  for (const message of messages) {
    const intent = plan.intents.find(({ content }) => content === message.content);
    if (intent === undefined || !isOfIntent(message, intent)) {
      const { id, content, to, metadata } = message;
      yield { kind: "changed on its way", text: `${id}: "${content}" to ${to}, ${JSON.stringify(metadata)}` };
    }
  }
}

/** Where a caller gives a reference, there is never more than one message under it. */
export function* findDoubledReferences(truth: Truth): Violations {
  const { plan, sendRequests, messages } = truth;
  const references = new Set(plan.intents.flatMap(({ reference }) => (reference === null ? [] : [reference])));
  for (const reference of references) {
    const landed = messages.filter(({ metadata }) => metadata.clientReference === reference);
    if (landed.length <= 1) continue;
    const requests = sendRequests.filter((request) => request.reference === reference);
    const isUnforeseeable =
      !isLedgerShared(truth) &&
      requests.some((request, index) =>
        requests
          .slice(0, index)
          .some(
            (past) =>
              past.message !== null && !isKnowable(truth, past, request.process, request, whenBegun(truth, request)),
          ),
      );
    if (!isUnforeseeable) {
      const made = landed.map(({ id, request }) => `${id} of request ${request}`);
      yield { kind: "doubled", text: `${reference}: ${made.join(", ")}` };
    }
  }
}

/** Where the client makes the reference, there is never more than one message for each call. */
export function* findDoubledCalls({ plan, calls, messages }: Truth): Violations {
  for (const intent of plan.intents.filter(({ reference }) => reference === null)) {
    const asked = calls.filter((call) => call.intent === intent).length;
    const landed = messages.filter(({ content }) => content === intent.content);
    if (landed.length > asked)
      yield { kind: "doubled", text: `"${intent.content}": ${landed.length} messages for ${asked} calls` };
    for (const [reference, twins] of Map.groupBy(landed, ({ metadata }) => metadata.clientReference))
      if (twins.length > 1)
        yield { kind: "doubled", text: `${String(reference)}: ${twins.map(({ id }) => id).join(", ")}` };
  }
}

/** A request that may have been processed is not sent again: never by one call, nor within the grace. */
export function* findRepeated(truth: Truth): Violations {
  for (const [index, request] of truth.sendRequests.entries()) {
    for (const past of truth.sendRequests.slice(0, index)) {
      if (past.reference !== request.reference || typeof request.reference !== "string") continue;
      const wasOpen = past.mayBeProcessed || past.endedAt === null || past.endedAt > request.at;
      if (!wasOpen || !isKnowable(truth, past, request.process, request, whenBegun(truth, request))) continue;
      if (request.at - past.at < graceMs || past.confirmed) {
        const fault = past.fault?.name ?? "no fault";
        yield { kind: "sent again", text: `request ${request.number} repeats request ${past.number} (${fault})` };
      }
    }
  }
}
