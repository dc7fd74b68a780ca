/** What can happen in an inbox: each as OnSync's documentation has it, with the events that it tells of it. */
import type { Random } from "../../hostile/random.ts";
import { type Inbox, orgId, type Row, toTime } from "./inbox.ts";
import { drawContent, drawName, drawProperties } from "./words.ts";

const nextStatuses: Readonly<Record<string, readonly string[]>> = {
  queued: ["sent", "sent", "sent", "failed"],
  sent: ["delivered", "delivered", "delivered", "failed"],
  delivered: ["read"],
};
const teammates = ["Omar Nasser", "Lina 'O' Haddad", "日本 花子"].map((name, index) => ({
  ...{ id: `user_01JGDM2Q8R${index}`, name, email: `agent${index}@example.com` },
}));

/** A message is not given the moment of one that is older: that would be one that comes late, and not one that ties. */
const maxTieMs = 1000;

export class Activity {
  readonly #inbox: Inbox;
  readonly #random: Random;
  #people = 0;
  #last = 0;

  constructor(inbox: Inbox, random: Random) {
    this.#inbox = inbox;
    this.#random = random;
  }

  /** No two changes are of one moment: which was first is told by the time alone. */
  #moment(at: number): number {
    this.#last = Math.max(this.#last + 1, at);
    return this.#last;
  }

  createContact(at: number, phone?: string): Row {
    const [random, moment] = [this.#random, this.#moment(at)];
    const number = ++this.#people;
    const contact = {
      id: this.#inbox.createId("contact", moment),
      firstName: drawName(random),
      ...(random.chance(0.7) && { lastName: drawName(random) }),
      ...(phone !== undefined || random.chance(0.8) ? { phone: phone ?? phoneOf(number) } : {}),
      ...(random.chance(0.6) && { email: `Person.${number}@example.com` }),
      tags: random.chance(0.5) ? [random.pick(["lead", "expo", 'v"ip', "a,b"])] : [],
      ...(random.chance(0.5) && { channel: random.pick(["whatsapp", "instagram"]) }),
      properties: { externalId: `crm_${number}`, ...drawProperties(random) },
      ...{ orgId, createdAt: toTime(moment), updatedAt: toTime(moment) },
    };
    this.#inbox.save("contacts", contact, moment);
    this.#inbox.tell("contact.created", contact, moment);
    return contact;
  }

  changeContact(id: string, at: number): void {
    const [random, moment] = [this.#random, this.#moment(at)];
    const old = this.#inbox.newest("contacts", id);
    const properties = { ...(old.properties as object), visits: random.whole(1, 1_000_000) };
    const contact = { ...old, properties, firstName: drawName(random), updatedAt: toTime(moment) };
    this.#inbox.save("contacts", contact, moment);
    this.#inbox.tell("contact.updated", contact, moment);
  }

  /** A conversation with somebody new; it is assigned at once. */
  startConversation(at: number): string {
    const random = this.#random;
    const platform = random.chance(0.75) ? "whatsapp" : random.pick(["instagram", "telegram", "facebook"]);
    const phone = platform === "whatsapp" ? phoneOf(this.#people + 1) : undefined;
    const contact = this.createContact(at, phone);
    const id = `${platform}:${phone ?? `user ${this.#people}/ä`}`;
    const moment = this.#moment(at);
    const conversation = {
      ...{ id, platform, contactId: contact.id, status: "assigned", assignee: random.pick(teammates) },
      ...{ createdAt: toTime(moment), updatedAt: toTime(moment) },
    };
    this.#inbox.save("conversations", conversation, moment);
    this.#inbox.histories.set(id, []);
    this.#inbox.tell("conversation.assigned", conversation, moment);
    this.addMessage(id, at);
    return id;
  }

  /** Some share their moment with the message before. */
  addMessage(conversationId: string, at: number): Row {
    const random = this.#random;
    const history = this.#inbox.histories.get(conversationId) ?? [];
    const before = history.at(-1);
    const moment = this.#moment(at);
    const previous = before === undefined ? null : String(this.#inbox.newest("messages", before).createdAt);
    const tie = previous !== null && moment - Date.parse(previous) < maxTieMs && random.chance(0.12) ? previous : null;
    const outbound = random.chance(0.5);
    const [platform, address] = splitId(conversationId);
    const message = {
      ...{ id: this.#inbox.createId("msg", moment), conversationId, platform },
      ...(outbound && { to: address, status: "queued" }),
      ...{ type: "text", direction: outbound ? "outbound" : "inbound", content: drawContent(random) },
      metadata: outbound ? { campaign: random.pick(["expo", "=follow-up"]) } : { platformMessageId: `wamid.${moment}` },
      ...(random.chance(0.1) && { sentiment: random.pick(["good", "bad"]) }),
      createdAt: tie ?? toTime(moment),
    } satisfies Row;
    this.#inbox.save("messages", message, moment);
    history.push(message.id);
    this.#inbox.histories.set(conversationId, history);
    this.#touch(conversationId, moment, outbound);
    this.#inbox.tell("message.created", message, moment);
    return message;
  }

  /** What the conversation list shows of a message; an inbound one opens what was resolved. */
  #touch(id: string, moment: number, outbound: boolean): void {
    const old = this.#inbox.newest("conversations", id);
    const reopened = !outbound && old.status === "resolved";
    const conversation = {
      ...old,
      ...(reopened && { status: "assigned", assignee: this.#random.pick(teammates), resolvedAt: null }),
      ...{ updatedAt: toTime(moment), lastMessageAt: toTime(moment) },
      ...(!outbound && { lastInboundAt: toTime(moment) }),
    };
    this.#inbox.save("conversations", conversation, moment);
    if (reopened) this.#inbox.tell("conversation.assigned", conversation, moment);
  }

  /** @returns whether its status had a next one */
  advanceStatus(id: string, at: number): boolean {
    const old = this.#inbox.newest("messages", id);
    const next = nextStatuses[String(old.status)];
    if (!next) return false;
    const [status, moment] = [this.#random.pick(next), this.#moment(at)];
    const message = { ...old, status, ...(status === "failed" && { failureReason: "the number is not on WhatsApp" }) };
    this.#inbox.save("messages", message, moment);
    this.#inbox.tell("message.updated", message, moment);
    return true;
  }

  assign(id: string, at: number): void {
    this.#changeConversation(id, at, { status: "assigned", assignee: this.#random.pick(teammates), resolvedAt: null });
  }

  resolve(id: string, at: number): void {
    this.#changeConversation(id, at, { status: "resolved" });
  }

  #changeConversation(id: string, at: number, change: object): void {
    const [old, moment] = [this.#inbox.newest("conversations", id), this.#moment(at)];
    const conversation: Row = { ...old, ...change, updatedAt: toTime(moment) };
    if (conversation.status === "resolved") conversation.resolvedAt = toTime(moment);
    this.#inbox.save("conversations", conversation, moment);
    const type = conversation.status === "resolved" ? "conversation.resolved" : "conversation.assigned";
    this.#inbox.tell(type, conversation, moment);
  }
}

function phoneOf(number: number): string {
  return `+97150${1_000_000 + number}`;
}

function splitId(conversationId: string): [string, string] {
  const at = conversationId.indexOf(":");
  return [conversationId.slice(0, at), conversationId.slice(at + 1)];
}
