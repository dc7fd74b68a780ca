import { operations } from "../../src/operations/index.ts";
import { summarizeChange } from "../answers/changes.ts";
import { summarizeRows } from "../answers/rows.ts";
import { omitEmpty, summarizeContact } from "../answers/summaries.ts";
import { calculateWindow, describeWindow } from "../answers/window.ts";
import { defineTool, skipArgument } from "./tool.ts";

/** The call that shows a contact whole. */
const whole = "get_contact with detail full";
const phone = "E.164, such as +971500000000";
/** The operation takes the two addresses as well. */
const contactId = "Such as contact_01JGDNWSW9, or its phone or email";

export const findContacts = defineTool(operations.find_contacts, {
  description:
    "Finds contacts by exact phone, email or external id, by words, tag or age. All filters given must match. Without any it lists the newest.",
  words: {
    phone,
    email: "Exact, in any case",
    externalId: "Id in your own system",
    query: "Words in name, phone or email",
    tag: "In any case",
    createdAfter: "ISO 8601 time",
    limit: "Page size, 20 unless given",
    cursor: "nextCursor of the page before",
  },
  omit: ["contactId"],
  detail: true,
  roomFor: 40,
  whole,
  withoutExtension:
    "Read a contact by its id with get_contact. To reach one by phone, email or external id, save_contact finds or creates it and answers with its id.",
  prepare: async (args) =>
    ["phone", "email", "externalId", "query", "tag", "createdAfter"].some((name) => args[name] !== undefined)
      ? args
      : { ...args, query: "" },
  present: ({ data, nextCursor, complete }, format) => {
    const rows = summarizeRows(data, format, summarizeContact);
    return {
      data: { data: rows.map((row) => row.data), nextCursor, ...(!complete && { complete }) },
      text: [
        rows.length === 0 ? "No contact found." : `${rows.length} ${rows.length === 1 ? "contact" : "contacts"}:`,
        ...rows.map(({ line }) => `- ${line}`),
        !complete && "500 contacts were looked through, the newest first, and there are older ones.",
        nextCursor && `More: call again with cursor ${nextCursor}`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});

export const getContact = defineTool(operations.get_contact, {
  description: "Returns one contact with its activity: last messages, message count and conversation ids.",
  words: { contactId },
  extra: skipArgument,
  detail: true,
  present: (contact, format) => {
    const { line, data } = summarizeContact(contact, format);
    const { activity } = contact;
    const { shown: ids, more } = format.take(activity?.conversationIds ?? [], Math.min(format.limits.items, 50));
    // The last inbound message is known for the contact, not for each conversation: one tells whose window it opened.
    const window = ids.length === 1 ? calculateWindow(String(ids[0]), activity?.lastInboundAt, format.now) : null;
    return {
      data: {
        ...data,
        ...(activity && {
          activity: omitEmpty({
            lastMessageAt: activity.lastMessageAt && format.id(activity.lastMessageAt),
            lastInboundAt: activity.lastInboundAt && format.id(activity.lastInboundAt),
            lastOutboundAt: activity.lastOutboundAt && format.id(activity.lastOutboundAt),
            messageCount: activity.messageCount,
            conversationIds: ids.map((id) => format.address(id)),
            moreConversations: more || undefined,
            window,
          }),
        }),
      },
      text: [
        line,
        activity &&
          `${activity.messageCount} messages, last from the customer: ${activity.lastInboundAt ? format.id(activity.lastInboundAt) : "none"}, last to the customer: ${activity.lastOutboundAt ? format.id(activity.lastOutboundAt) : "none"}`,
        ids.length > 0 &&
          `Conversations: ${ids.map((id) => format.address(id)).join(" ")}${more > 0 ? ` and ${more} not shown` : ""}`,
        describeWindow(window),
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});

const tags = "Replaces all of them, unseen ones too. Use addTags and removeTags instead";

export const saveContact = defineTool(operations.save_contact, {
  description:
    "Creates a contact, or updates the one with this phone, email or properties.externalId, of which one is needed.",
  words: {
    phone,
    properties: "Each name=value, merged. Known: source, language, externalId",
    tags,
    addTags: "",
    removeTags: "",
    email: "",
    firstName: "",
    lastName: "",
  },
  whole,
  present: (contact, format, args) => {
    const { line, data } = summarizeChange(contact, args, contact.created === true, format);
    const did = contact.created === null ? "Saved" : contact.created ? "Created" : "Updated";
    return { data: { ...data, created: contact.created }, text: `${did}: ${line}` };
  },
});

export const updateContact = defineTool(operations.update_contact, {
  description: "Changes the fields given and leaves the others. Properties are merged.",
  words: {
    contactId,
    phone,
    tags,
    addTags: "",
    removeTags: "",
    properties: "Each name=value, merged",
    clear: "Fields to empty, such as lastName or properties.source",
    email: "",
    firstName: "",
    lastName: "",
  },
  whole,
  present: (contact, format, args) => {
    const { line, data } = summarizeChange(contact, args, false, format);
    return { data, text: `Updated: ${line}` };
  },
});
