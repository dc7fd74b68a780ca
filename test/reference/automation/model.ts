/**
 * What ought to become of messages, worked out apart from the reference: an org with triggers and a carrier as lists in
 * memory. It knows words, not texts: a message is a list of them.
 */
export type Word = "order" | "refund" | "hello";
export type ModelTrigger = {
  name: string;
  on: "inbound" | "outbound" | "any";
  word: Word | null;
  tag: string | null;
  assign: string | null;
  replies: boolean;
};
export type Mode = "off" | "delivers" | "fails";
export type Operation =
  | { what: "write" | "api" | "console"; who: number; words: Word[] }
  | { what: "toggle"; index: number }
  | { what: "carrier"; mode: Mode }
  | { what: "pass"; ms: number };

const statusTimes = { sent: 1000, delivered: 3000, failed: 3000, read: 8000 } as const;
const hour = 3_600_000;
const maxRepliesAnHour = 20;
const team = ["Omar Nasser", "Layla Haddad", "Daniel Reyes"];

type ModelMessage = { text: string; status: string | null; at: number; carried: boolean };
type ModelConversation = { tags: string[]; assignee: string; messages: ModelMessage[] };

class Model {
  now: number;
  mode: Mode = "off";
  readonly triggers: (ModelTrigger & { enabled: boolean })[];
  readonly conversations = new Map<number, ModelConversation>();
  /** Trigger, message, whether it replied: in their order. */
  readonly runs: { trigger: string; text: string; replied: boolean; at: number; who: number }[] = [];
  readonly events: string[] = [];
  #turn = 0;

  constructor(triggers: ModelTrigger[], now: number) {
    this.now = now;
    this.triggers = triggers.map((trigger) => ({ ...trigger, enabled: true }));
  }

  apply(operation: Operation): void {
    switch (operation.what) {
      case "toggle": {
        const trigger = this.triggers[operation.index % this.triggers.length];
        if (trigger) trigger.enabled = !trigger.enabled;
        break;
      }
      case "carrier":
        this.mode = operation.mode;
        if (operation.mode === "off") for (const message of this.#messages()) message.carried = false;
        break;
      case "pass":
        this.#pass(operation.ms);
        break;
      default:
        this.#message(operation.who, operation.words, operation.what === "write" ? "inbound" : "outbound");
    }
  }

  #messages(): ModelMessage[] {
    return [...this.conversations.values()].flatMap(({ messages }) => messages);
  }

  #message(who: number, words: Word[], direction: "inbound" | "outbound"): void {
    const conversation = this.#open(who);
    const text = words.join(" ");
    const isNew = conversation.messages.length === 0;
    this.#add(conversation, text, direction);
    if (isNew) {
      conversation.assignee = team[this.#turn % team.length] as string;
      this.#turn += 1;
      this.events.push("conversation.assigned");
    }
    for (const trigger of this.triggers) {
      const matches = trigger.on === "any" || trigger.on === direction;
      if (trigger.enabled && matches && (trigger.word === null || words.includes(trigger.word))) {
        this.#run(trigger, who, conversation, text);
      }
    }
  }

  #open(who: number): ModelConversation {
    const known = this.conversations.get(who);
    if (known) return known;
    const made: ModelConversation = { tags: [], assignee: "", messages: [] };
    this.conversations.set(who, made);
    this.events.push("contact.created");
    return made;
  }

  #add({ messages }: ModelConversation, text: string, direction: "inbound" | "outbound"): void {
    const at = Math.max(this.now, (messages.at(-1)?.at ?? 0) + 1);
    const isSent = direction === "outbound";
    messages.push({ text, at, status: isSent ? "queued" : null, carried: isSent && this.mode !== "off" });
    this.events.push("message.created");
  }

  #run(trigger: ModelTrigger, who: number, conversation: ModelConversation, text: string): void {
    if (trigger.tag !== null && !conversation.tags.includes(trigger.tag)) {
      conversation.tags.push(trigger.tag);
      this.events.push("contact.updated");
    }
    if (trigger.assign !== null && conversation.assignee !== trigger.assign) {
      conversation.assignee = trigger.assign;
      this.events.push("conversation.assigned");
    }
    const recent = this.runs.filter((run) => run.who === who && run.replied && run.at > this.now - hour);
    const replied = trigger.replies && recent.length < maxRepliesAnHour;
    if (replied) this.#add(conversation, `reply of ${trigger.name}`, "outbound");
    this.runs.push({ trigger: trigger.name, text, replied, at: this.now, who });
  }

  #pass(ms: number): void {
    const until = this.now + ms;
    for (const message of this.#messages()) {
      while (message.carried) {
        const next = this.#findNext(message.status);
        if (next === null || message.at + statusTimes[next] > until) break;
        message.status = next;
        this.events.push(`message.updated ${next}`);
      }
    }
    this.now = until;
  }

  #findNext(status: string | null): keyof typeof statusTimes | null {
    if (status === "queued") return "sent";
    if (status === "sent") return this.mode === "fails" ? "failed" : "delivered";
    return status === "delivered" ? "read" : null;
  }

  /** What can be seen from outside; events are counted, since those of one moment have no order of their own here. */
  observe() {
    return {
      conversations: [...this.conversations]
        .map(([who, { tags, assignee, messages }]) => ({
          who,
          tags,
          assignee,
          messages: messages.map(({ text, status }) => ({ text, status })),
        }))
        .sort((one, other) => one.who - other.who),
      runs: this.runs.map(({ trigger, text, replied }) => ({ trigger, text, replied })),
      events: [...this.events].sort(),
    };
  }
}

export type Observed = ReturnType<Model["observe"]>;

export function replay(triggers: ModelTrigger[], start: number, operations: readonly Operation[]): Observed {
  const model = new Model(triggers, start);
  for (const operation of operations) model.apply(operation);
  return model.observe();
}
