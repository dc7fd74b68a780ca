/** Zaps that send: each message has a reference, and is handed to a sender again until it has a known end, as Zapier replays. */
import type { Random } from "../../hostile/random.ts";
import type { Job } from "../evidence.ts";
import type { Slot } from "../world/slot.ts";

/** One that a sender has said nothing about for so long is given to another. */
const silentMs = 12_000;
/** One whose outcome is open is asked about again after so long. */
const openMs = 4_000;
const twiceShare = 0.1;
/** Refusals that no repetition would change. */
const finalCodes: readonly unknown[] = ["outside_messaging_window", "validation_failed", "template_rejected"];

type Line = {
  reference: string;
  outcome: "sent" | "not_sent" | "unknown";
  messageId?: string;
  why?: string;
  code?: string;
  retryAfterMs?: number | null;
};

type Open = { job: Job; nextAt: number };

export const customers = 24;

/** Where somebody is written to: half on WhatsApp, whose window closes, half on Telegram. */
export function drawRecipient(random: Random): { platform: string; to: string } {
  const number = random.whole(0, customers - 1);
  return number % 2 === 0
    ? { platform: "whatsapp", to: `+97150700${String(number).padStart(4, "0")}` }
    : { platform: "telegram", to: `48291${String(number).padStart(4, "0")}` };
}

export class Zaps {
  readonly jobs = new Map<string, Job>();
  readonly #open = new Map<string, Open>();
  readonly #senders: readonly Slot[];
  readonly #random: Random;

  constructor(senders: readonly Slot[], random: Random) {
    this.#senders = senders;
    this.#random = random;
  }

  get openCount(): number {
    return this.#open.size;
  }

  listOpen(): Job[] {
    return [...this.#open.values()].map(({ job }) => job);
  }

  /** A trigger fires. */
  fire(): void {
    const number = this.jobs.size + 1;
    const reference = `zap-${number}-${this.#random.whole(100_000, 999_999)}`;
    const job: Job = {
      ...{ reference, ...drawRecipient(this.#random), content: `Zap ${number}: your parcel is on its way.` },
      ...{ askedAt: performance.now(), told: [] },
    };
    this.jobs.set(reference, job);
    this.#open.set(reference, { job, nextAt: 0 });
    this.replay();
  }

  /** Hands over what is due: to one sender, or to two at once. */
  replay(): void {
    const up = this.#senders.filter(({ isUp }) => isUp);
    if (up.length === 0) return;
    for (const open of this.#open.values()) {
      if (performance.now() < open.nextAt) continue;
      open.nextAt = performance.now() + silentMs;
      const { reference, platform, to, content } = open.job;
      const times = this.#random.chance(twiceShare) ? 2 : 1;
      for (let time = 0; time < times; time++)
        this.#random.pick(up).write(JSON.stringify({ reference, platform, to, content }));
    }
  }

  /** What a sender says. */
  hear(line: string): void {
    const { reference, outcome, messageId = null, why = "", code, retryAfterMs } = JSON.parse(line) as Line;
    const job = this.jobs.get(reference);
    if (!job) return;
    job.told.push({ at: performance.now(), outcome, messageId, why: [why, code].filter(Boolean).join(" ") });
    const open = this.#open.get(reference);
    if (!open) return;
    if (outcome === "sent" || (outcome === "not_sent" && finalCodes.includes(code))) this.#open.delete(reference);
    // Another call may have been asked to wait: this one waits, too.
    else open.nextAt = performance.now() + Math.max(openMs, (retryAfterMs ?? 0) + 500);
  }
}
