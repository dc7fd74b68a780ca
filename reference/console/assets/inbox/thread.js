/** The conversation that is read: who it is, what was said, and the box to say more. */
import { control, id, own } from "../api.js";
import { h, keyed, redraw, theirs } from "../dom.js";
import { inOrg } from "../org.js";
import { attempt, avatar, button, chip, empty, platformName, select } from "../parts.js";
import { refreshing } from "../refresh.js";
import { createComposer } from "./composer.js";
import { messageItem } from "./message-item.js";
import { windowBar } from "./window.js";

function assigning({ conversation, teammates }) {
  const { assignee } = conversation;
  const known = teammates.some((each) => each.id === assignee?.id);
  const options = [
    ...(assignee ? [] : [["", "Unassigned"]]),
    ...(assignee && !known ? [[assignee.id, assignee.name]] : []),
    ...teammates.map((each) => [each.id, each.name]),
  ];
  return select(options, assignee?.id ?? "", {
    "aria-label": "Assigned to",
    on: {
      change: ({ target }) =>
        attempt(() => control.post(`conversations/${id(conversation.id)}/assign`, inOrg({ assignee: target.value }))),
    },
  });
}

function head(state) {
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
      h("h2", {}, theirs(name ?? address), status === "resolved" && chip("resolved")),
      h(
        "p",
        {},
        `${platformName(platform)} · `,
        theirs(address),
        " · ",
        h("a", { href: `#/contacts/${id(contactId)}` }, "Contact"),
      ),
    ),
    h(
      "div",
      { class: "thread-act" },
      assigning(state),
      status !== "resolved" &&
        button("Resolve", () => attempt(() => control.post(`conversations/${id(conversation.id)}/resolve`, inOrg()))),
    ),
    windowBar(conversation),
  );
}

function withDays(messages) {
  return messages.map((message, index) => ({
    ...message,
    day: new Date(message.createdAt).toDateString() !== new Date(messages[index - 1]?.createdAt ?? 0).toDateString(),
  }));
}

export function createThread(place) {
  let current;
  let limit = 50;
  let teammates = [];
  const headPlace = h("div");
  const earlier = button(
    "Earlier messages",
    () => {
      limit = Math.min(limit + 100, 500);
      refresh();
    },
    { hidden: true },
  );
  const messages = h("ol", { class: "messages", "aria-label": "Messages" });
  const scroller = h(
    "div",
    { class: "scroller", tabindex: "0", role: "region", "aria-label": "Thread" },
    earlier,
    messages,
  );
  const composer = createComposer();

  const nothing = () =>
    place.replaceChildren(empty("No conversation is open", "Choose one on the left to read it and to answer."));

  /** New messages come into view where the end was in view. */
  const draw = (state, opened) => {
    const atEnd = opened || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    redraw(headPlace, { conversation: state.conversation, teammates }, head);
    keyed(messages, withDays(state.messages), (message) => message.id, messageItem);
    earlier.hidden = !state.more || limit >= 500;
    composer.show(state.conversation, state.contact);
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  };

  const read = async (opened) => {
    const asked = current;
    if (asked === undefined) return nothing();
    try {
      if (teammates.length === 0) teammates = (await own.get("overview")).teammates;
      const state = await own.get(`conversations/${id(asked)}`, { limit });
      if (asked !== current) return;
      if (!scroller.isConnected) place.replaceChildren(headPlace, scroller, composer.element);
      draw(state, opened);
    } catch (error) {
      if (asked !== current) return;
      place.replaceChildren(
        empty("It cannot be shown", error.message, h("a", { href: "#/inbox" }, "Back to the inbox")),
      );
    }
  };
  const refresh = refreshing(() => read(false));

  return {
    show: async (conversationId) => {
      const opened = conversationId !== current;
      current = conversationId;
      if (opened) {
        limit = 50;
        messages.replaceChildren();
        composer.clear();
      }
      await read(opened);
    },
    /** @param kinds of what changed */
    refresh: (kinds) => {
      // After a reset they are others.
      if (kinds.has("everything")) teammates = [];
      return refresh();
    },
    templatesChanged: composer.templatesChanged,
  };
}
