/** One contact: who it is, tags, properties, activity, conversations. */
import { id, own } from "../api.js";
import { h, redraw, theirs } from "../dom.js";
import { avatar, chip, copyButton, empty, facts, platformName } from "../parts.js";
import { refreshing } from "../refresh.js";
import { agoElement, fullTime } from "../time.js";
import { propertiesOf, tagsOf } from "./editing.js";
import { contactName } from "./name.js";

function when(instant) {
  return instant ? [agoElement(instant), ` (${fullTime(instant)})`] : "never";
}

function conversationLine(conversation) {
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#/inbox/${id(conversation.id)}` },
      `${platformName(conversation.platform)} · `,
      theirs(conversation.address),
    ),
    chip(conversation.status),
    conversation.lastMessageAt && agoElement(conversation.lastMessageAt),
  );
}

function cardOf({ contact, activity, conversations }) {
  return h(
    "article",
    { class: "card" },
    h("a", { class: "back", href: "#/contacts" }, "‹ Contacts"),
    h(
      "div",
      { class: "card-head" },
      avatar(contactName(contact)),
      h(
        "div",
        { class: "who" },
        h("h2", {}, theirs(contactName(contact))),
        h("p", {}, contact.channel ? `Came by ${platformName(contact.channel)}` : "Channel unknown"),
      ),
    ),
    facts([
      ["Phone", contact.phone ?? "–"],
      ["E-mail", theirs(contact.email ?? "–")],
      ["Id", h("code", {}, contact.id), copyButton(contact.id)],
      ["Created", fullTime(contact.createdAt)],
      ["Updated", fullTime(contact.updatedAt)],
    ]),
    h("h3", {}, "Tags"),
    tagsOf(contact),
    h("h3", {}, "Properties"),
    propertiesOf(contact),
    h("h3", {}, "Activity"),
    facts([
      ["Messages", String(activity.messageCount)],
      ["Last message", when(activity.lastMessageAt)],
      ["Last from the customer", when(activity.lastInboundAt)],
      ["Last to the customer", when(activity.lastOutboundAt)],
    ]),
    h("h3", {}, "Conversations"),
    conversations.length === 0
      ? h("p", { class: "soft" }, "None yet.")
      : h("ul", { class: "lines" }, conversations.map(conversationLine)),
  );
}

export function createContactCard(place) {
  let current;
  const drawn = h("div");

  const read = async () => {
    const asked = current;
    if (asked === undefined) {
      place.replaceChildren(empty("No contact is open", "Choose one on the left."));
      return;
    }
    try {
      const state = await own.get(`contacts/${id(asked)}`);
      if (asked !== current) return;
      const { requestId: _id, timestamp: _time, ...rest } = state;
      place.replaceChildren(drawn);
      redraw(drawn, rest, cardOf);
    } catch (error) {
      if (asked !== current) return;
      place.replaceChildren(empty("It cannot be shown", error.message, h("a", { href: "#/contacts" }, "All contacts")));
    }
  };

  return {
    show: async (contactId) => {
      current = contactId;
      await read();
      place.scrollTop = 0;
    },
    refresh: refreshing(read),
  };
}
