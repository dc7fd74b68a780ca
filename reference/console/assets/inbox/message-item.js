/** One message of a thread: its text, its status, and on a closer look everything the API says of it. */
import { controlApi, encodeId } from "../api.js";
import { h, userText } from "../dom.js";
import { button } from "../elements/button.js";
import { chip, facts } from "../elements/display.js";
import { toastErrors } from "../elements/toast.js";
import { formatDateTime, formatDay, formatTime } from "../time/format.js";

/** What a carrier may report next. */
const nextStatuses = {
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

function carrierButtons({ id: messageId, status }) {
  const next = nextStatuses[status] ?? [];
  if (next.length === 0) return null;
  return h(
    "div",
    { class: "carrier" },
    h("span", {}, "Report as the carrier:"),
    next.map((each) =>
      button(each, () =>
        toastErrors(() => controlApi.post(`messages/${encodeId(messageId)}/status`, { status: each })),
      ),
    ),
  );
}

function messageFacts(message) {
  const { direction, metadata = {}, type, createdAt } = message;
  const { clientReference, template, agent: _shown, ...rest } = metadata;
  return facts([
    ["Id", h("code", {}, message.id)],
    ["Created", formatDateTime(createdAt)],
    ["Type", `${type}, ${direction}`],
    typeof clientReference === "string" && ["clientReference", h("code", {}, clientReference)],
    template && ["Template", h("code", {}, `${template.name} (${template.language})`)],
    ...Object.entries(rest).map(([name, value]) => [
      h("bdi", {}, name),
      userText(typeof value === "string" ? value : JSON.stringify(value), "code"),
    ]),
  ]);
}

/** A thread may have thousands: what is behind a message is made when somebody looks. */
function messageDetails(message) {
  const { metadata = {}, createdAt } = message;
  const { clientReference, agent } = metadata;
  const open = ({ target }) => {
    if (!target.open) return;
    if (target.childElementCount === 1) target.append(messageFacts(message), carrierButtons(message) ?? "");
    target.scrollIntoView({ block: "nearest" });
  };
  return h(
    "details",
    { class: "message-details", on: { toggle: open } },
    h(
      "summary",
      { class: "message-foot" },
      h(
        "span",
        {},
        typeof agent === "string" && [userText(agent), " · "],
        h("time", { datetime: createdAt }, formatTime(createdAt)),
      ),
      statusLine(message),
      typeof clientReference === "string" &&
        h(
          "span",
          { class: "reference", title: `clientReference ${clientReference}` },
          `ref ${clientReference.slice(0, 8)}`,
        ),
    ),
  );
}

/** @param message with `day`: whether it is the first of its day */
export function messageItem(message) {
  const { direction, type, content, createdAt, metadata } = message;
  return h(
    "li",
    { class: `message ${direction}`, "data-id": message.id },
    message.day && h("p", { class: "day" }, h("span", {}, formatDay(createdAt))),
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
        : userText(content, "p", { class: "text" }),
    ),
    messageDetails(message),
  );
}
