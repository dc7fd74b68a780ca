/** Messages that Zaps asked for: each once at most, to whom it was for, and with a known end that is true. */
import type { Evidence, Job, StoredMessage } from "../evidence.ts";
import { tellWhen } from "./when.ts";

/** After so long a send whose outcome was open must have been settled or made again: the grace, a lease and a replay. */
const openForMs = 7 * 60_000;

type Known = Pick<Evidence, "startedAt" | "endedAt" | "jobs" | "proposals" | "wire" | "stored">;

export function judgeMessages(known: Known): string[] {
  const { jobs, stored } = known;
  const byContent = groupBy(stored.messages.filter(isOutbound), ({ content }) => content ?? "");
  return [
    ...jobs.flatMap((job) => judgeJob(job, byContent.get(job.content) ?? [], known)),
    ...findRepeatedReferences(known),
    ...findRepeatedOnWire(known),
    ...findMadeUp(known),
  ];
}

function isOutbound({ direction }: StoredMessage): boolean {
  return direction === "outbound";
}

export function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

function judgeJob(job: Job, found: readonly StoredMessage[], known: Known): string[] {
  const { reference, to, platform, askedAt } = job;
  const name = `${reference} to ${platform}:${to}, asked for ${tellWhen(askedAt, known)}`;
  const violations: string[] = [];
  if (found.length > 1) violations.push(`sent twice: ${name} is there as ${found.map(({ id }) => id).join(" and ")}`);
  for (const message of found) {
    const isRight = message.address === to && message.recipient === to && message.platform === platform;
    if (!isRight)
      violations.push(
        `sent to another: ${name} went to ${message.platform}:${message.recipient} in ${message.conversationId}`,
      );
  }
  return [...violations, ...judgeTold(job, name, found, known)];
}

/** What it was told, whenever, must be true; and in the end it must be told. */
function judgeTold({ told, askedAt }: Job, name: string, found: readonly StoredMessage[], known: Known): string[] {
  const sent = told.filter(({ outcome }) => outcome === "sent");
  const ids = new Set(found.map(({ id }) => id));
  const last = told.at(-1);
  const when = last ? tellWhen(last.at, known) : "";
  const lost = sent.filter(({ messageId }) => messageId === null || !ids.has(messageId));
  if (lost.length > 0)
    return [`lost: ${name} was said to be sent as ${lost[0]?.messageId}, and no such message is there`];
  if (sent.length > 0) return [];
  if (!last) return [`no known end: ${name} was never answered for`];
  if (last.outcome === "not_sent")
    return ids.size > 0 ? [`untrue: ${name} was said not to be sent (${last.why}, ${when}), and is there`] : [];
  if (ids.size > 0) return [`no known end: ${name} is there, and was last said to be unknown (${last.why}, ${when})`];
  const openSince = told.find(({ outcome }) => outcome === "unknown")?.at ?? askedAt;
  return known.endedAt - openSince > openForMs
    ? [`no known end: ${name} is not there, and was said to be unknown from ${tellWhen(openSince, known)} to ${when}`]
    : [];
}

function findRepeatedReferences({ stored }: Known): string[] {
  const byReference = groupBy(stored.messages.filter(isOutbound), ({ reference }) => reference ?? "");
  byReference.delete("");
  return [...byReference]
    .filter(([, messages]) => messages.length > 1)
    .map(
      ([reference, messages]) =>
        `sent twice: ${reference} is the reference of ${messages.map(({ id }) => id).join(" and ")}`,
    );
}

/** Whatever the file has: the API must not have been brought to send one reference twice. */
function findRepeatedOnWire(known: Known): string[] {
  const taken = known.wire.filter(
    ({ path, status, identity }) => path === "/v1/messaging/send" && status === 201 && identity !== null,
  );
  return [...groupBy(taken, ({ identity }) => identity ?? "")]
    .filter(([, requests]) => requests.length > 1)
    .map(([reference, requests]) => {
      const times = requests.map(({ at, slot }) => `by ${slot} ${tellWhen(at, known)}`);
      return `sent twice: ${reference} went over the wire and was taken ${times.join(", and ")}`;
    });
}

function findMadeUp({ jobs, proposals, stored }: Known): string[] {
  const asked = new Set([
    ...jobs.map(({ content }) => content),
    ...proposals.flatMap(({ content, decisions }) => [content, ...decisions.map((decision) => decision.content)]),
  ]);
  return stored.messages
    .filter((message) => isOutbound(message) && message.source !== "smart_trigger" && !asked.has(message.content ?? ""))
    .map(
      ({ id, content, conversationId }) =>
        `made up: nobody asked for ${id} (${JSON.stringify(content)}) in ${conversationId}`,
    );
}
