/** The conversations that there are, and the customers who write in them. */
import type { Random } from "../random.ts";
import type { World } from "../virtual-time.ts";
import type { ServerBehaviour } from "./behaviour.ts";
import type { Recipient, StoredMessage } from "./records.ts";
import { toWholeMillis, wallMicros } from "./times.ts";

export type Contact = { platform: string; address: string; conversationId: string };

export class Inbox {
  readonly #world: World;
  readonly #random: Random;
  readonly #behaviour: ServerBehaviour;
  readonly #conversations = new Map<string, StoredMessage[]>();
  readonly #contacts = new Map<string, Contact>();
  #ids = 0;
  #inboundMessages = 0;

  constructor(world: World, random: Random, behaviour: ServerBehaviour) {
    this.#world = world;
    this.#random = random;
    this.#behaviour = behaviour;
  }

  nextId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}_01M${String(this.#ids).padStart(23, "0")}`;
  }

  store(message: Omit<StoredMessage, "id" | "conversationId" | "landedAt">): StoredMessage {
    const { numbers, inSameMillisecond, times } = this.#behaviour;
    const conversationId = this.#findConversationId(message);
    const list = this.#conversations.get(conversationId) ?? [];
    this.#conversations.set(conversationId, list);
    const stored = {
      ...message,
      conversationId,
      id: numbers ? this.nextId("").slice(-9).replace(/^0+/, "") : this.nextId("msg"),
      landedAt: this.#world.now(),
    };
    // Without ties two messages of one conversation never share a time: the later one is moved on.
    if (inSameMillisecond === 0) {
      const step = times.includes("micros") ? 1 : 1000;
      while (list.some((other) => other.createdAtMicros === stored.createdAtMicros)) stored.createdAtMicros += step;
    }
    list.push(stored);
    return stored;
  }

  addInbound({ platform, to }: Recipient, createdAtMicros: number): void {
    this.store({
      platform,
      to,
      direction: "inbound",
      content: `Customer's words ${this.#ids}`,
      metadata: { platformMessageId: `wamid.${this.#ids}`, source: "whatsapp_unified_system" },
      createdAtMicros,
      request: null,
    });
  }

  /** What customers wrote before the run, where the behaviour says so. */
  addOlderMessages(recipients: readonly Recipient[]): void {
    if (this.#behaviour.olderMessages === 0) return;
    for (const { platform, to } of recipients) {
      if (this.#contacts.has(`${platform} ${to}`)) continue;
      const start = toWholeMillis(wallMicros(this.#world, this.#behaviour)) - 3_600_000_000;
      for (let index = 0; index < this.#behaviour.olderMessages; index += 1)
        this.addInbound({ platform, to }, start + index * 1_000_000);
      const conversationId = this.#findConversationId({ platform, to });
      for (const message of this.#conversations.get(conversationId) ?? []) message.landedAt = -3_600_000;
    }
  }

  /** Customers go on writing: what they have written since this was last called. */
  addNewMessages(): void {
    const { perMinute } = this.#behaviour;
    if (perMinute === 0) return;
    const due = Math.min(perMinute < 200 ? 400 : 1_300, Math.floor((this.#world.now() / 60_000) * perMinute));
    for (; this.#inboundMessages < due; this.#inboundMessages += 1) {
      const agoMs = this.#world.now() - (this.#inboundMessages * 60_000) / perMinute;
      for (const { platform, address } of this.#contacts.values()) {
        const now = toWholeMillis(wallMicros(this.#world, this.#behaviour));
        this.addInbound({ platform, to: address }, now - Math.floor(agoMs) * 1000);
      }
    }
  }

  /** What a reader of the history may see by now. */
  listVisible(conversationId: string): StoredMessage[] {
    const seenFrom = this.#world.now() - this.#behaviour.historyLagMs;
    return (this.#conversations.get(conversationId) ?? []).filter(({ landedAt }) => landedAt <= seenFrom);
  }

  /** Contacts whose conversation can be seen by now. */
  listContacts(): Contact[] {
    return [...this.#contacts.values()].filter(({ conversationId }) => this.listVisible(conversationId).length > 0);
  }

  #findConversationId({ platform, to }: Recipient): string {
    const known = this.#contacts.get(`${platform} ${to}`);
    if (known) return known.conversationId;
    const conversationId = {
      documented: () => `${platform}:${to}`,
      digits: () => `${platform}:${to.replace(/\D/g, "") || to}`,
      opaque: () => `conv_${String(this.#random.whole(1, 2 ** 40)).padStart(14, "0")}`,
      lower: () => `${platform}:${to}`.toLowerCase(),
    }[this.#behaviour.conversationIds]();
    this.#contacts.set(`${platform} ${to}`, { platform, address: to, conversationId });
    return conversationId;
  }
}
