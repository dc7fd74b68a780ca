/**
 * Which receivers work on an event store, so that an endpoint they share is taken back by the last of them alone. Each
 * counts a number up, its heartbeat; one whose number stands still has died. No times are compared: clocks of several
 * machines differ.
 */
import { randomUUID } from "node:crypto";
import type { RegistrationStore } from "./registrations.ts";

/** What a receiver says of itself. `url`: what it registered; `null`: nothing, so it lives on whatever others did. */
type Heartbeat = { url: string | null; beat: number };
type Heartbeats = Record<string, Heartbeat>;

const settingName = "receivers";

/** Milliseconds between two heartbeats. */
const heartbeatMs = 2000;
/** After so many without one, a receiver is taken to be dead. */
const maxSilenceMs = 8000;
const pollMs = 250;

export type GroupOptions = {
  /** What this receiver registered. */
  url: string | null;
  /** @param signal the reason to stop */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Milliseconds of a clock that is never set. */
  now(): number;
  /** Done after each heartbeat, unless it is being done. */
  onHeartbeat(): Promise<void>;
  /** Told what failed: the next heartbeat comes all the same. */
  onError(error: unknown): void;
};

/** This receiver among those on the store. */
export class ReceiverGroup {
  readonly #store: RegistrationStore;
  readonly #options: GroupOptions;
  readonly #id = randomUUID();
  /** Of the others: when a number was first seen, and whether it has moved since the receiver was first heard of. */
  readonly #seen = new Map<string, { beat: number; since: number; hasMoved: boolean }>();
  readonly #leaving = new AbortController();
  #beat = 0;
  #isAtWork = false;
  #beating: Promise<void> = Promise.resolve();

  private constructor(store: RegistrationStore, options: GroupOptions) {
    this.#store = store;
    this.#options = options;
  }

  static async join(store: RegistrationStore, options: GroupOptions): Promise<ReceiverGroup> {
    const group = new ReceiverGroup(store, options);
    await group.#sendHeartbeat();
    group.#beating = group.#keepBeating();
    return group;
  }

  /**
   * Whether a receiver other than this one is alive that needs the endpoint of this URL. Where the last heartbeat of one is
   * too old to tell and too young to give it up, this waits for the next, for up to {@link maxSilenceMs}.
   */
  async isUsedByOthers(url: string): Promise<boolean> {
    for (;;) {
      const { heartbeats } = await this.#read();
      const users = this.#listOthers(heartbeats).filter(
        ([id, heartbeat]) => [url, null].includes(heartbeat.url) && !this.#isDead(id),
      );
      if (users.length === 0) return false;
      if (users.some(([id]) => this.#seen.get(id)?.hasMoved)) return true;
      await this.#options.sleep(pollMs);
    }
  }

  /** Others no longer count with this receiver. It may still ask about them. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.#beating;
    await this.#change((heartbeats) => Object.fromEntries(this.#listOthers(heartbeats)));
  }

  async #keepBeating(): Promise<void> {
    const { sleep, onError } = this.#options;
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      await sleep(heartbeatMs, signal).catch(() => {});
      if (signal.aborted) return;
      await this.#sendHeartbeat().then(() => void this.#work(), onError);
    }
  }

  /** It may take long, and heartbeats go on meanwhile. */
  async #work(): Promise<void> {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    await this.#options.onHeartbeat().catch(this.#options.onError);
    this.#isAtWork = false;
  }

  #sendHeartbeat(): Promise<void> {
    return this.#change((heartbeats) => {
      const alive = this.#listOthers(heartbeats).filter(([id]) => !this.#isDead(id));
      this.#beat += 1;
      return { ...Object.fromEntries(alive), [this.#id]: { url: this.#options.url, beat: this.#beat } };
    });
  }

  #listOthers(heartbeats: Heartbeats): [string, Heartbeat][] {
    return Object.entries(heartbeats).filter(([id]) => id !== this.#id);
  }

  #isDead(id: string): boolean {
    const { now } = this.#options;
    return now() - (this.#seen.get(id)?.since ?? now()) >= maxSilenceMs;
  }

  async #read(): Promise<{ text: string | null; heartbeats: Heartbeats }> {
    const text = await this.#store.setting(settingName);
    const heartbeats = text === null ? {} : (JSON.parse(text) as Heartbeats);
    for (const id of this.#seen.keys()) if (!(id in heartbeats)) this.#seen.delete(id);
    for (const [id, { beat }] of this.#listOthers(heartbeats)) {
      const before = this.#seen.get(id);
      if (before?.beat !== beat)
        this.#seen.set(id, { beat, since: this.#options.now(), hasMoved: before !== undefined });
    }
    return { text, heartbeats };
  }

  async #change(apply: (heartbeats: Heartbeats) => Heartbeats): Promise<void> {
    for (;;) {
      const { text, heartbeats } = await this.#read();
      const next = apply(heartbeats);
      const nextText = Object.keys(next).length > 0 ? JSON.stringify(next) : null;
      if (await this.#store.swapSetting(settingName, text, nextText)) return;
    }
  }
}
