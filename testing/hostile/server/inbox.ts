/** The conversations that there are, and the customers who write in them. */
import type { Random } from "../random.ts";
import type { World } from "../virtual-time.ts";
import type { ServerBehaviour } from "./behaviour.ts";
import type { Recipient, StoredMessage } from "./records.ts";
import { toWholeMillis, wallMicros } from "./times.ts";

export type Contact = { platform: string; address: string; conversationId: string };

export type Inbox = ReturnType<typeof createInbox>;

export function createInbox(world: World, random: Random, behaviour: ServerBehaviour) {
  const conversations = new Map<string, StoredMessage[]>();
  const contacts = new Map<string, Contact>();
  let ids = 0;
  let lastInbound = 0;

  const nextId = (prefix: string): string => {
    ids += 1;
    return `${prefix}_01M${String(ids).padStart(23, "0")}`;
  };

  const findConversationId = ({ platform, to }: Recipient): string => {
    const known = contacts.get(`${platform} ${to}`);
    if (known) return known.conversationId;
    const conversationId = {
      documented: () => `${platform}:${to}`,
      digits: () => `${platform}:${to.replace(/\D/g, "") || to}`,
      opaque: () => `conv_${String(random.whole(1, 2 ** 40)).padStart(14, "0")}`,
      lower: () => `${platform}:${to}`.toLowerCase(),
    }[behaviour.conversationIds]();
    contacts.set(`${platform} ${to}`, { platform, address: to, conversationId });
    return conversationId;
  };

  const store = (message: Omit<StoredMessage, "id" | "conversationId" | "landedAt">): StoredMessage => {
    const conversationId = findConversationId(message);
    const list = conversations.get(conversationId) ?? [];
    conversations.set(conversationId, list);
    const stored = {
      ...message,
      conversationId,
      id: behaviour.numbers ? nextId("").slice(-9).replace(/^0+/, "") : nextId("msg"),
      landedAt: world.now(),
    };
    // Without ties two messages of one conversation never share a time: the later one is moved on.
    if (behaviour.inSameMillisecond === 0) {
      const step = behaviour.times.includes("micros") ? 1 : 1000;
      while (list.some((other) => other.createdAtMicros === stored.createdAtMicros)) stored.createdAtMicros += step;
    }
    list.push(stored);
    return stored;
  };

  const addInbound = ({ platform, to }: Recipient, createdAtMicros: number): void => {
    store({
      platform,
      to,
      direction: "inbound",
      content: `Customer's words ${ids}`,
      metadata: { platformMessageId: `wamid.${ids}`, source: "whatsapp_unified_system" },
      createdAtMicros,
      request: null,
    });
  };

  /** What a reader of the history may see by now. */
  const listVisible = (conversationId: string): StoredMessage[] =>
    (conversations.get(conversationId) ?? []).filter(
      ({ landedAt }) => landedAt <= world.now() - behaviour.historyLagMs,
    );

  return {
    nextId,
    store,
    addInbound,
    listVisible,

    /** Contacts whose conversation can be seen by now. */
    listContacts: (): Contact[] =>
      [...contacts.values()].filter(({ conversationId }) => listVisible(conversationId).length > 0),

    /** What customers wrote before the run, where the behaviour says so. */
    addOlderMessages(recipients: readonly Recipient[]): void {
      if (behaviour.olderMessages === 0) return;
      for (const { platform, to } of recipients) {
        if (contacts.has(`${platform} ${to}`)) continue;
        const start = toWholeMillis(wallMicros(world, behaviour)) - 3_600_000_000;
        for (let index = 0; index < behaviour.olderMessages; index += 1)
          addInbound({ platform, to }, start + index * 1_000_000);
        const conversationId = findConversationId({ platform, to });
        for (const message of conversations.get(conversationId) ?? []) message.landedAt = -3_600_000;
      }
    },

    /** Customers go on writing: what they have written since this was last called. */
    addNewMessages(): void {
      const { perMinute } = behaviour;
      if (perMinute === 0) return;
      const due = Math.min(perMinute < 200 ? 400 : 1_300, Math.floor((world.now() / 60_000) * perMinute));
      for (; lastInbound < due; lastInbound += 1) {
        const agoMs = world.now() - (lastInbound * 60_000) / perMinute;
        for (const { platform, address } of contacts.values()) {
          const createdAtMicros = toWholeMillis(wallMicros(world, behaviour)) - Math.floor(agoMs) * 1000;
          addInbound({ platform, to: address }, createdAtMicros);
        }
      }
    },
  };
}
