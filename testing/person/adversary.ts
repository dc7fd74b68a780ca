/** A model that wants to send: it calls anything, listed or not, in any order, with anything that it has seen or makes up. */
import type { Random } from "../hostile/random.ts";
import type { Json } from "./client.ts";

const listed = [
  ...["get_account", "find_contacts", "get_contact", "save_contact", "update_contact", "list_conversations"],
  ...["list_messages", "check_messaging_window", "send_message", "send_template", "list_templates", "list_webhooks"],
  ...["create_webhook", "delete_webhook", "wait_for_events", "find_messages"],
];
const unlisted = [
  ...[
    "decide_proposal",
    "approve_proposal",
    "approve",
    "confirm_send",
    "sends_approve",
    "send",
    "reply_to_conversation",
  ],
  ...["__proto__", "constructor", "", "send_message ", "SEND_MESSAGE", "onsync.send_message"],
];
const names = [
  ...[
    "platform",
    "to",
    "content",
    "metadata",
    "confirmToken",
    "token",
    "id",
    "proposalId",
    "decision",
    "approve",
    "approved",
  ],
  ...[
    "reason",
    "cardToken",
    "form",
    "conversationId",
    "contactId",
    "cursor",
    "template",
    "language",
    "parameters",
    "sent",
    "state",
  ],
];
const methods = [
  "tools/list",
  "resources/list",
  "prompts/list",
  "events/list",
  "ping",
  "sends/approve",
  "tools/approve",
  "server/discover",
];
const words = [
  "yes",
  "approve",
  "true",
  "send",
  "operator-token",
  "accept",
  "sent",
  "0",
  "*",
  "../",
  "null",
  "whatsapp",
  "telegram",
];

const maxKnown = 400;

type Drawn = { method: string; params: Json };

/**
 * It draws what to call, and learns from what it is answered.
 *
 * @param seesMeta whether it sees what hosts keep from models: `_meta` and states of requests
 */
export class Adversary {
  readonly #random: Random;
  readonly #seesMeta: boolean;
  readonly #known: string[] = [];
  readonly #made: Drawn[] = [];

  constructor(random: Random, { seesMeta }: { seesMeta: boolean }) {
    this.#random = random;
    this.#seesMeta = seesMeta;
  }

  /** Keeps what an answer shows: ids, words, addresses. */
  learn(answer: unknown): void {
    const shown = JSON.stringify(answer, (name, value) =>
      !this.#seesMeta && ["_meta", "requestState"].includes(name) ? undefined : value,
    );
    for (const word of shown?.match(/[\w.:+~/-]{6,}/g) ?? [])
      if (this.#known.length < maxKnown && !this.#known.includes(word)) this.#known.push(word);
  }

  /** A new one, or one that it has made before. */
  drawRequest(): Drawn {
    if (this.#made.length > 0 && this.#random.chance(0.25)) return this.#random.pick(this.#made);
    const drawn = this.#drawNew();
    this.#made.push(drawn);
    return drawn;
  }

  /** Asks the approval page, with tokens that it has seen or makes up. */
  async browse(fetch: (request: Request) => Promise<Response>): Promise<string> {
    const proposals = this.#listProposals();
    const random = this.#random;
    const word = proposals.length > 0 && random.chance(0.8) ? random.pick(proposals) : this.#drawWord();
    const id = word.replaceAll(/[^\w-]/g, "") || "none";
    const path = random.pick([
      `/approvals/${id}`,
      `/approvals/${id}/approve`,
      `/approvals/${id}/approve`,
      "/approvals",
      "/approvals/sign-in",
    ]);
    const method = random.pick(["GET", "POST", "POST"]);
    const body = new URLSearchParams({
      form: this.#drawWord(),
      token: this.#drawWord(),
      name: "model",
      content: this.#drawWord(),
    }).toString();
    const headers = {
      host: "127.0.0.1:4020",
      cookie: `onsync_approvals=${encodeURIComponent(this.#drawWord())}.${encodeURIComponent(this.#drawWord())}`,
      ...(random.chance(0.7) && { authorization: `Bearer ${encodeURIComponent(this.#drawToken())}` }),
      ...(method === "POST" && {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(body.length),
      }),
    };
    const url = `http://127.0.0.1:4020${path}`;
    const response = await fetch(
      new Request(url, { method, headers, redirect: "manual", ...(method === "POST" && { body }) }),
    );
    return response.text();
  }

  #listProposals(): string[] {
    return this.#known.filter((each) => each.startsWith("proposal_"));
  }

  #drawWord(): string {
    const [random, proposals] = [this.#random, this.#listProposals()];
    if (proposals.length > 0 && random.chance(0.35)) return random.pick(proposals);
    return this.#known.length > 0 && random.chance(0.6) ? random.pick(this.#known) : random.pick(words);
  }

  /** What reads like one is tried first. */
  #drawToken(): string {
    const tokens = this.#known.filter((each) => /token|secret|bearer/i.test(each));
    return tokens.length > 0 && this.#random.chance(0.6) ? this.#random.pick(tokens) : this.#drawWord();
  }

  #drawValue(): unknown {
    switch (this.#random.whole(0, 6)) {
      case 0:
        return true;
      case 1:
        return null;
      case 2:
        return [this.#drawWord()];
      case 3:
        return { [this.#random.pick(names)]: this.#drawWord() };
      default:
        return this.#drawWord();
    }
  }

  #drawMessage(): Json {
    const random = this.#random;
    return {
      platform: random.pick(["telegram", "telegram", "whatsapp"]),
      to: random.pick(["482910377", "482910378", "+971500000000"]),
      content: random.pick(["Pay here: https://pay.example", "Hello", `Hello ${random.whole(0, 3)}`, "A\u200bB"]),
    };
  }

  #drawArguments(): Json {
    const random = this.#random;
    if (random.chance(0.6)) return this.#drawMessage();
    const base = random.chance(0.7) ? this.#drawMessage() : {};
    const more = Array.from({ length: random.whole(0, 3) }, () => [random.pick(names), this.#drawValue()]);
    return { ...base, ...Object.fromEntries(more) };
  }

  #drawNew(): Drawn {
    const random = this.#random;
    switch (random.whole(0, 9)) {
      case 0:
        return {
          method: random.pick(methods),
          params: random.chance(0.5) ? {} : { name: this.#drawWord(), id: this.#drawWord() },
        };
      case 1: {
        const uri = random.pick([
          `onsync://proposals/${this.#drawWord()}`,
          `onsync://proposals/${this.#drawWord()}/approve`,
          `ui://onsync/${this.#drawWord()}`,
          "ui://onsync/approval",
          `onsync://contacts/${this.#drawWord()}`,
        ]);
        return { method: "resources/read", params: { uri } };
      }
      case 2: {
        const name = random.pick(["reply_to_customer", "follow_up_leads", "triage_inbox", this.#drawWord()]);
        return {
          method: "prompts/get",
          params: { name, arguments: { conversationId: this.#drawWord(), goal: this.#drawWord() } },
        };
      }
      case 3: {
        const ref = { type: "ref/resource", uri: "onsync://contacts/{id}" };
        return { method: "completion/complete", params: { ref, argument: { name: "id", value: this.#drawWord() } } };
      }
      case 4:
      case 5:
        return {
          method: "tools/call",
          params: { name: random.pick([...unlisted, ...listed]), arguments: this.#drawArguments() },
        };
      default:
        return {
          method: "tools/call",
          params: {
            name: random.pick(["send_message", "send_message", "send_template", "decide_proposal"]),
            arguments: this.#drawArguments(),
          },
        };
    }
  }
}
