/** A reference that is killed at a moment of its work: what its files hold then is what the next one begins with. */
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { createReference, type Reference } from "../../../reference/index.ts";
import { eventTypes } from "../../../src/api/index.ts";
import { call, start } from "../caller.ts";
import { createFolder } from "../folders.ts";
import type { ModelTrigger, Observed, Operation } from "./model.ts";

type Row = Record<string, string | number | null>;
type Address = { id: string; index: number };

const addressOf = (who: number): string => `customer-${who}`;

export class KilledReference {
  reference: Reference;
  #data = join(createFolder(), "reference.db");
  #now = start;
  /** So many readings of the clock until it is killed; `null` while nobody wants that. */
  #readingsLeft: number | null = null;
  #left: string | undefined;
  #triggers: Address[] = [];

  constructor() {
    this.reference = this.#open();
  }

  #open(): Reference {
    return createReference({
      data: this.#data,
      keys: ["onsync_pk_test_model0000000"],
      control: true,
      // In the middle of the work, transactions that are open included.
      clock: () => {
        if (this.#readingsLeft !== null && this.#readingsLeft-- === 0) this.#leaveFiles();
        return this.#now;
      },
      deliver: async () => ({ status: 200 }),
    });
  }

  /** What a killed process leaves: the database and its log as they are at this moment. */
  #leaveFiles(): void {
    this.#left = join(createFolder(), "reference.db");
    for (const end of ["", "-wal"]) if (existsSync(this.#data + end)) copyFileSync(this.#data + end, this.#left + end);
  }

  async setUp(triggers: readonly ModelTrigger[]): Promise<void> {
    const { control } = this.reference;
    await call(this.reference, "POST", "/v1/webhooks", { url: "https://example.com", events: [...eventTypes] });
    for (const [index, { name, on, word, tag, assign, replies }] of triggers.entries()) {
      const { id } = await control.triggers.create({
        name,
        when: { direction: on, ...(word && { contains: [word.toUpperCase()] }) },
        actions: {
          ...(tag && { addTags: [tag] }),
          ...(assign && { assign }),
          ...(replies && { reply: { text: `reply of ${name}` } }),
        },
      });
      this.#triggers.push({ id, index });
    }
  }

  async apply(operation: Operation): Promise<void> {
    const { control } = this.reference;
    switch (operation.what) {
      case "toggle": {
        const wanted = this.#triggers[operation.index % this.#triggers.length];
        const known = (await control.triggers.list()).find(({ id }) => id === wanted?.id);
        if (known) await control.triggers.update(known.id, { enabled: !known.enabled });
        return;
      }
      case "carrier":
        await control.carrier({ mode: operation.mode });
        return;
      case "pass":
        this.#now += operation.ms;
        return this.reference.settled();
      case "write":
        await control.inbound({
          platform: "telegram",
          from: addressOf(operation.who),
          content: operation.words.join(" "),
        });
        return;
      default: {
        const path = operation.what === "api" ? "/v1/messaging/send" : "/_console/messages";
        const { who, words } = operation;
        await call(this.reference, "POST", path, {
          ...{ platform: "telegram", to: addressOf(who), messageType: "text", content: words.join(" ") },
        });
      }
    }
  }

  /** Does it, is killed at the so-manieth reading of the clock or right after it, and starts again. */
  async applyAndDie(operation: Operation, readings: number): Promise<void> {
    this.#readingsLeft = readings;
    await this.apply(operation);
    this.#readingsLeft = null;
    if (!this.#left) this.#leaveFiles();
    await this.reference.close();
    this.#data = this.#left as string;
    this.#left = undefined;
    this.reference = this.#open();
    await this.reference.settled();
  }

  observe(): Observed {
    const { data } = this.reference.snapshot();
    const byId = <Key extends string>(rows: Row[], key: Key) => new Map(rows.map((row) => [row[key], row]));
    const messages = byId(data.messages, "id");
    const contacts = byId(data.contacts, "id");
    return {
      conversations: data.conversations
        .map((conversation) => ({
          who: Number(String(conversation.address).slice(addressOf(0).length - 1)),
          tags: JSON.parse(String(contacts.get(conversation.contact_id)?.tags)) as string[],
          assignee: JSON.parse(String(conversation.assignee)).name as string,
          messages: data.messages
            .filter((message) => message.conversation === conversation.seq)
            .sort((one, other) => Number(one.created_at) - Number(other.created_at))
            .map(({ content, status }) => ({ text: String(content), status: status as string | null })),
        }))
        .sort((one, other) => one.who - other.who),
      runs: data.trigger_runs.map((run) => ({
        trigger: String(run.trigger_name),
        text: String(messages.get(run.message_id)?.content),
        replied: run.replied === 1,
      })),
      events: this.#readEvents().sort(),
    };
  }

  /** What the endpoint is given, in its order: ids alone have none across a restart within a millisecond. */
  #readDeliveries(): { type: string; data: { id: string; status: string } }[] {
    const { deliveries, events } = this.reference.snapshot().data;
    const bodies = new Map(events.map(({ id, body }) => [id, JSON.parse(String(body))]));
    return deliveries
      .sort((one, other) => Number(one.seq) - Number(other.seq))
      .map(({ event_id }) => bodies.get(event_id));
  }

  /** Each event's type, and the status of a message that changed it. */
  #readEvents(): string[] {
    return this.#readDeliveries().map(({ type, data }) =>
      type === "message.updated" ? `${type} ${data.status}` : type,
    );
  }

  /** The statuses that each message was said to have, one after the other. */
  readStatuses(): string[][] {
    const statuses = new Map<string, string[]>();
    for (const { type, data } of this.#readDeliveries()) {
      if (type === "message.updated") statuses.set(data.id, [...(statuses.get(data.id) ?? []), data.status]);
    }
    return [...statuses.values()];
  }
}
