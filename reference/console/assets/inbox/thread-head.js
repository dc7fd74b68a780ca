/** The head of a conversation. */
import { encodeId } from "../api.js";
import { h, userText } from "../dom.js";
import { button } from "../elements/button.js";
import { avatar, chip } from "../elements/display.js";
import { select } from "../elements/form.js";
import { platformName } from "../platforms.js";
import { assign, toggleResolved } from "./actions.js";
import { windowBar } from "./window.js";

function assigneeSelect({ conversation, teammates }) {
  const { assignee } = conversation;
  const known = teammates.some((each) => each.id === assignee?.id);
  const options = [
    ...(assignee ? [] : [["", "Unassigned"]]),
    ...(assignee && !known ? [[assignee.id, assignee.name]] : []),
    ...teammates.map((each) => [each.id, each.name]),
  ];
  return select(options, assignee?.id ?? "", {
    "aria-label": "Assigned to",
    on: { change: ({ target }) => assign(conversation, target.value) },
  });
}

/** Who it is, whose it is, and how long one may write. */
export function threadHead(state) {
  const { conversation } = state;
  const { name, address, platform, status, contactId } = conversation;
  return h(
    "div",
    { class: "thread-head" },
    h("a", { class: "back", href: "#/inbox" }, "‹ Inbox"),
    avatar(name ?? address),
    h(
      "div",
      { class: "who" },
      h("h2", {}, userText(name ?? address), status === "resolved" && chip("resolved")),
      h(
        "p",
        {},
        `${platformName(platform)} · `,
        userText(address),
        " · ",
        h("a", { href: `#/contacts/${encodeId(contactId)}` }, "Contact"),
      ),
    ),
    h(
      "div",
      { class: "thread-act" },
      assigneeSelect(state),
      button(status === "resolved" ? "Reopen" : "Resolve", () => toggleResolved(conversation)),
    ),
    windowBar(conversation),
  );
}
