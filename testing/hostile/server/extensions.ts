/** The endpoints beyond OnSync's documentation, which a server may have. */
import { ownError } from "../faults/answers.ts";
import { epoch } from "../machine-clock.ts";
import type { ServerBehaviour } from "./behaviour.ts";
import type { Contact, Inbox } from "./inbox.ts";
import type { Reply } from "./records.ts";
import type { Wire } from "./wire.ts";

const at = new Date(epoch).toISOString();

function contactId({ platform, address }: Contact): string {
  return `contact_${Buffer.from(`${platform} ${address}`).toString("hex")}`;
}

function toContact(contact: Contact) {
  return {
    id: contactId(contact),
    ...(contact.platform === "whatsapp" ? { phone: contact.address } : {}),
    tags: [],
    properties: {},
    orgId: "org_1",
    createdAt: at,
  };
}

function toConversation(contact: Contact) {
  return {
    id: contact.conversationId,
    platform: contact.platform,
    contactId: contactId(contact),
    status: "open",
    assignee: null,
    createdAt: at,
    updatedAt: at,
  };
}

export function answerExtension(
  { behaviour, inbox, wire }: { behaviour: ServerBehaviour; inbox: Inbox; wire: Wire },
  path: string,
  query: URLSearchParams,
): Reply {
  if (!behaviour.extensions) return ownError(404, "unknown_endpoint", `No such route: ${path}.`);
  const contacts = inbox.listContacts();
  if (path === "/me")
    return wire.json(200, { org: { id: "org_1", name: "Acme" }, key: { prefix: "onsync_pk_test_", scopes: [] } });
  if (path === "/conversations") {
    const platform = query.get("platform");
    const asked = contacts.filter((contact) => platform === null || contact.platform === platform);
    return wire.json(200, { data: asked.map(toConversation), nextCursor: null });
  }
  if (path === "/contacts") {
    const phone = query.get("phone");
    const asked = contacts.filter((contact) => phone === null || contact.address === phone);
    return wire.json(200, { data: asked.map(toContact), nextCursor: null });
  }
  const contact = contacts.find((one) => path === `/contacts/${contactId(one)}`);
  if (contact === undefined) return ownError(404, "not_found", "No such object.");
  return wire.json(200, {
    ...toContact(contact),
    activity: {
      lastMessageAt: at,
      lastInboundAt: null,
      lastOutboundAt: at,
      messageCount: 1,
      conversationIds: [contact.conversationId],
    },
  });
}
