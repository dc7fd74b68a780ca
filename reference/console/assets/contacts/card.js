/** One contact: who it is, tags, properties, activity, conversations. */
import { consoleApi, encodeId } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, userText } from "../dom.js";
import { button, copyButton } from "../elements/button.js";
import { askToConfirm } from "../elements/dialog.js";
import { avatar, chip, empty, facts } from "../elements/display.js";
import { toast, toastErrors } from "../elements/toast.js";
import { platformName } from "../platforms.js";
import { createAge, formatDateTime } from "../time/format.js";
import { editContact } from "./contact-form.js";
import { propertiesEditor, tagsEditor } from "./editing.js";
import { getContactName } from "./name.js";

function formatWhen(instant) {
  return instant ? [createAge(instant), ` (${formatDateTime(instant)})`] : "never";
}

function conversationLine(conversation) {
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#/inbox/${encodeId(conversation.id)}` },
      `${platformName(conversation.platform)} · `,
      userText(conversation.address),
    ),
    chip(conversation.status),
    conversation.lastMessageAt && createAge(conversation.lastMessageAt),
  );
}

function listLosses({ activity, conversations }) {
  if (conversations.length === 0) return "The contact has no conversations.";
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return `With it go ${count(conversations.length, "conversation")} and ${count(activity.messageCount, "message")}.`;
}

async function deleteContact(state) {
  const { contact } = state;
  const name = getContactName(contact);
  const isSure = await askToConfirm(
    "Delete this contact?",
    [h("bdi", { class: "strong" }, name), listLosses(state), "No webhook tells of it: OnSync has no event for that."],
    "Delete the contact",
  );
  if (!isSure) return;
  await toastErrors(async () => {
    await consoleApi.delete(`contacts/${encodeId(contact.id)}`);
    toast(["Deleted: ", name]);
    if (location.hash === `#/contacts/${encodeId(contact.id)}`) location.hash = "#/contacts";
  });
}

function contactCard(state) {
  const { contact, activity, conversations } = state;
  return h(
    "article",
    { class: "card" },
    h("a", { class: "back", href: "#/contacts" }, "‹ Contacts"),
    h(
      "div",
      { class: "card-head" },
      avatar(getContactName(contact)),
      h(
        "div",
        { class: "who" },
        h("h2", {}, userText(getContactName(contact))),
        h("p", {}, contact.channel ? `Came by ${platformName(contact.channel)}` : "Channel unknown"),
      ),
      h(
        "div",
        { class: "card-act" },
        button("Edit", () => editContact(contact)),
        button("Delete", () => deleteContact(state)),
      ),
    ),
    facts([
      ["Phone", contact.phone ?? "–"],
      ["E-mail", userText(contact.email ?? "–")],
      ["Id", h("code", {}, contact.id), copyButton(contact.id)],
      ["Created", formatDateTime(contact.createdAt)],
      ["Updated", formatDateTime(contact.updatedAt)],
    ]),
    h("h3", {}, "Tags"),
    tagsEditor(contact),
    h("h3", {}, "Properties"),
    propertiesEditor(contact),
    h("h3", {}, "Activity"),
    facts([
      ["Messages", String(activity.messageCount)],
      ["Last message", formatWhen(activity.lastMessageAt)],
      ["Last from the customer", formatWhen(activity.lastInboundAt)],
      ["Last to the customer", formatWhen(activity.lastOutboundAt)],
    ]),
    h("h3", {}, "Conversations"),
    conversations.length === 0
      ? h("p", { class: "soft" }, "None yet.")
      : h("ul", { class: "lines" }, conversations.map(conversationLine)),
  );
}

export function createContactCard(place) {
  let current;
  let shown;
  const drawn = h("div");

  const read = async () => {
    const asked = current;
    shown = asked === shown?.id ? shown : undefined;
    if (asked === undefined) {
      place.replaceChildren(empty("No contact is open", "Choose one on the left."));
      return;
    }
    try {
      const state = await consoleApi.get(`contacts/${encodeId(asked)}`);
      if (asked !== current) return;
      const { requestId: _id, timestamp: _time, ...rest } = state;
      shown = rest.contact;
      if (!drawn.isConnected) place.replaceChildren(drawn);
      renderIfChanged(drawn, rest, contactCard);
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
    refresh: coalesceCalls(read),
    edit: () => shown && editContact(shown),
  };
}
