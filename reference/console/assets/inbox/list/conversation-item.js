/** One conversation in the list. */
import { encodeId } from "../../api.js";
import { h, userText } from "../../dom.js";
import { avatar, chip } from "../../elements/display.js";
import { platformName } from "../../platforms.js";
import { createAge } from "../../time/format.js";
import { windowChip } from "../window.js";

function preview({ latest }) {
  if (!latest) return h("p", { class: "preview" }, "No messages");
  const text = latest.content ?? (latest.type === "template" ? "Template message" : latest.type);
  return h(
    "p",
    { class: "preview", dir: "auto" },
    latest.status === "failed" && h("span", { class: "failed" }, "Not delivered: "),
    latest.direction === "outbound" && h("span", { class: "you" }, "↩ "),
    text,
  );
}

function unreadMark() {
  return h("span", { class: "unread-mark" }, h("span", { class: "visually-hidden" }, "Unread"));
}

export function conversationItem(conversation) {
  const { platform, address, name, status, assignee, lastMessageAt, current, unread, draft } = conversation;
  return h(
    "li",
    { class: unread && "unread" },
    h(
      "a",
      { class: "item", href: `#/inbox/${encodeId(conversation.id)}`, "aria-current": current && "true" },
      avatar(name ?? address),
      h(
        "div",
        { class: "item-body" },
        h(
          "div",
          { class: "item-head" },
          userText(name ?? address, "strong"),
          lastMessageAt && createAge(lastMessageAt),
        ),
        h("div", { class: "item-line" }, preview(conversation), unread && unreadMark()),
        h(
          "p",
          { class: "item-foot" },
          h("span", {}, platformName(platform)),
          status === "resolved" ? chip("resolved") : h("span", {}, assignee ? assignee.name : "Unassigned"),
          status !== "resolved" && windowChip(conversation),
          draft && !current && chip("draft", "accent"),
        ),
      ),
    ),
  );
}
