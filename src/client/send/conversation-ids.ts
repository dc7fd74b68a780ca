/**
 * Which conversation a recipient's messages are in. `platform:to` is the documented form, and a guess until the server has
 * named the id: a live one may write addresses in another way. What it named is remembered.
 */
import { toConversationId } from "../../api/values/conversation-id.ts";

/**
 * `confirmed`: the server has named this id, or ids of this form. `guess`: it has named none yet. `contradicted`: it named
 * other ids than the documented form, so that what this one holds says nothing.
 */
export type ConversationId = { id: string; standing: "confirmed" | "guess" | "contradicted" };

export type Recipient = { platform: string; to: string };

const capacity = 10_000;

/** Addresses that a server writes in one way: what one of them shows holds for the others. `null`: each stands alone. */
export function getAddressFamily({ platform, to }: Recipient): string | null {
  if (platform === "whatsapp") return "whatsapp:phone";
  return /^\d+$/.test(to) ? `${platform}:digits` : null;
}

/** The id in its documented form. */
export function guessConversationId({ platform, to }: Recipient): string {
  return toConversationId(platform, to);
}

export class ConversationIds {
  /** By the documented form. */
  readonly #named = new Map<string, string>();
  /** Families of addresses whose ids have the documented form. */
  readonly #documented = new Set<string>();
  /** Families of addresses, or platforms, whose ids have another form. */
  readonly #contradicted = new Set<string>();

  get(recipient: Recipient): ConversationId {
    const guess = guessConversationId(recipient);
    const id = this.#named.get(guess);
    if (id !== undefined) return { id, standing: "confirmed" };
    const family = getAddressFamily(recipient);
    if (this.#contradicted.has(family ?? recipient.platform)) return { id: guess, standing: "contradicted" };
    return { id: guess, standing: family !== null && this.#documented.has(family) ? "confirmed" : "guess" };
  }

  /** @returns whether the id has another form than the documented one */
  learn(recipient: Recipient, id: string): boolean {
    const guess = guessConversationId(recipient);
    this.#named.delete(guess);
    this.#named.set(guess, id);
    if (this.#named.size > capacity) this.#named.delete(this.#named.keys().next().value as string);
    this.learnForm(recipient, id === guess ? "documented" : "other");
    return id !== guess;
  }

  /** What was learnt elsewhere of the form of a recipient's id. */
  learnForm(recipient: Recipient, form: "documented" | "other"): void {
    const family = getAddressFamily(recipient);
    if (form === "other") this.#contradicted.add(family ?? recipient.platform);
    else if (family !== null) this.#documented.add(family);
  }
}
