/** What a Smart Trigger does, and what one did, in a sentence. */
import { platformName } from "../platforms.js";

const directions = { inbound: "a customer writes", outbound: "we write to a customer", any: "anybody writes" };

function joinWith(word, items) {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}

function quote(text) {
  return `“${text}”`;
}

export function describeCondition({ direction, platforms, contains }) {
  return [
    `When ${directions[direction] ?? direction}`,
    platforms && `on ${joinWith("or", platforms.map(platformName))}`,
    contains && `with ${joinWith("or", contains.map(quote))}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function describeReply(reply) {
  return reply.text === undefined ? `reply with ${reply.template} (${reply.language})` : `reply ${quote(reply.text)}`;
}

export function describeActions({ addTags, assign, reply }) {
  return joinWith(
    "and",
    [
      addTags && `tag the contact ${joinWith("and", addTags.map(quote))}`,
      assign && `assign it to ${assign.name}`,
      reply && describeReply(reply),
    ].filter(Boolean),
  );
}

/** One action's outcome. */
export function describeOutcome({ action, tags, assignee, changed, messageId, refused }) {
  switch (action) {
    case "addTags":
      return tags.length === 0 ? "the contact had the tags already" : `tagged ${joinWith("and", tags.map(quote))}`;
    case "assign":
      return changed ? `assigned to ${assignee}` : `it was ${assignee}'s already`;
    default:
      return messageId === undefined ? `no reply: ${refused}` : "replied";
  }
}
