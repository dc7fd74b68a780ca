/** One conversation in the list. */
import { id } from "../api.js";
import { h, theirs } from "../dom.js";
import { avatar, chip, platformName } from "../parts.js";
import { agoElement } from "../time.js";
import { windowChip } from "./window.js";

function preview({ latest }) {
  if (!latest) return h("p", { class: "preview" }, "No messages");
  const text = latest.content ?? (latest.type === "template" ? "Template message" : latest.type);
  return h(
    "p",
    { class: "preview", dir: "auto" },
    latest.direction === "outbound" && h("span", { class: "you" }, "↩ "),
    text,
  );
}

export function conversationItem(conversation) {
  const { platform, address, name, status, assignee, lastMessageAt, current } = conversation;
  return h(
    "li",
    {},
    h(
      "a",
      { class: "item", href: `#/inbox/${id(conversation.id)}`, "aria-current": current && "true" },
      avatar(name ?? address),
      h(
        "div",
        { class: "item-body" },
        h("div", { class: "item-head" }, theirs(name ?? address, "strong"), lastMessageAt && agoElement(lastMessageAt)),
        preview(conversation),
        h(
          "p",
          { class: "item-foot" },
          h("span", {}, platformName(platform)),
          status === "resolved" ? chip("resolved") : h("span", {}, assignee ? assignee.name : "Unassigned"),
          status !== "resolved" && windowChip(conversation),
        ),
      ),
    ),
  );
}
