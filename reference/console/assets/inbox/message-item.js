/** One message of a thread: its text, its status, and on a closer look everything the API says of it. */
import { control, id } from "../api.js";
import { h, theirs } from "../dom.js";
import { attempt, button, chip, facts } from "../parts.js";
import { dayOf, fullTime, timeOf } from "../time.js";

/** What a carrier may report next. */
const following = {
  queued: ["sent", "delivered", "read", "failed"],
  sent: ["delivered", "read", "failed"],
  delivered: ["read"],
};

const statusMarks = { queued: "○", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!" };

function statusLine({ status, failureReason }) {
  return (
    status && [
      h(
        "span",
        { class: `status ${status}` },
        h("span", { class: "mark", "aria-hidden": "true" }, `${statusMarks[status] ?? ""} `),
        failureReason ? `${status}: ${failureReason}` : status,
      ),
    ]
  );
}

function carrier({ id: messageId, status }) {
  const next = following[status] ?? [];
  if (next.length === 0) return null;
  return h(
    "div",
    { class: "carrier" },
    h("span", {}, "Report as the carrier:"),
    next.map((each) =>
      button(each, () => attempt(() => control.post(`messages/${id(messageId)}/status`, { status: each }))),
    ),
  );
}

function details(message) {
  const { direction, metadata = {}, type, createdAt } = message;
  const { clientReference, template, agent, ...rest } = metadata;
  const reference = typeof clientReference === "string" ? clientReference : undefined;
  return h(
    "details",
    {
      class: "message-details",
      on: { toggle: ({ target }) => target.open && target.scrollIntoView({ block: "nearest" }) },
    },
    h(
      "summary",
      { class: "message-foot" },
      h(
        "span",
        {},
        typeof agent === "string" && [theirs(agent), " · "],
        h("time", { datetime: createdAt }, timeOf(createdAt)),
      ),
      statusLine(message),
      reference &&
        h("span", { class: "reference", title: `clientReference ${reference}` }, `ref ${reference.slice(0, 8)}`),
    ),
    facts([
      ["Id", h("code", {}, message.id)],
      ["Created", fullTime(createdAt)],
      ["Type", `${type}, ${direction}`],
      reference && ["clientReference", h("code", {}, reference)],
      template && ["Template", h("code", {}, `${template.name} (${template.language})`)],
      ...Object.entries(rest).map(([name, value]) => [
        h("bdi", {}, name),
        theirs(typeof value === "string" ? value : JSON.stringify(value), "code"),
      ]),
    ]),
    carrier(message),
  );
}

/** @param message with `day`: whether it is the first of its day */
export function messageItem(message) {
  const { direction, type, content, createdAt, metadata } = message;
  return h(
    "li",
    { class: `message ${direction}` },
    message.day && h("p", { class: "day" }, h("span", {}, dayOf(createdAt))),
    h(
      "div",
      { class: "bubble" },
      type === "template" && chip(`Template ${metadata?.template?.name ?? ""}`, "accent"),
      content === null || content === undefined
        ? h(
            "p",
            { class: "text soft" },
            type === "template" ? "Its text is not registered here." : `A ${type} message.`,
          )
        : theirs(content, "p", { class: "text" }),
    ),
    details(message),
  );
}
