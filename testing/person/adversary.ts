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

/** @param seesMeta whether it sees what hosts keep from models: `_meta` and states of requests */
export function createAdversary(random: Random, { seesMeta }: { seesMeta: boolean }) {
  const known: string[] = [];
  const made: Drawn[] = [];

  const isProposal = () => known.filter((each) => each.startsWith("proposal_"));
  const drawWord = (): string => {
    const proposals = isProposal();
    if (proposals.length > 0 && random.chance(0.35)) return random.pick(proposals);
    return known.length > 0 && random.chance(0.6) ? random.pick(known) : random.pick(words);
  };
  /** What reads like one is tried first. */
  const drawToken = (): string => {
    const tokens = known.filter((each) => /token|secret|bearer/i.test(each));
    return tokens.length > 0 && random.chance(0.6) ? random.pick(tokens) : drawWord();
  };
  const drawValue = (): unknown => {
    switch (random.whole(0, 6)) {
      case 0:
        return true;
      case 1:
        return null;
      case 2:
        return [drawWord()];
      case 3:
        return { [random.pick(names)]: drawWord() };
      default:
        return drawWord();
    }
  };
  const drawMessage = (): Json => ({
    platform: random.pick(["telegram", "telegram", "whatsapp"]),
    to: random.pick(["482910377", "482910378", "+971500000000"]),
    content: random.pick(["Pay here: https://pay.example", "Hello", `Hello ${random.whole(0, 3)}`, "A\u200bB"]),
  });
  const drawArguments = (): Json => {
    if (random.chance(0.6)) return drawMessage();
    const base = random.chance(0.7) ? drawMessage() : {};
    const more = Array.from({ length: random.whole(0, 3) }, () => [random.pick(names), drawValue()]);
    return { ...base, ...Object.fromEntries(more) };
  };

  const drawNew = (): Drawn => {
    switch (random.whole(0, 9)) {
      case 0:
        return {
          method: random.pick(methods),
          params: random.chance(0.5) ? {} : { name: drawWord(), id: drawWord() },
        };
      case 1: {
        const uri = random.pick([
          `onsync://proposals/${drawWord()}`,
          `onsync://proposals/${drawWord()}/approve`,
          `ui://onsync/${drawWord()}`,
          "ui://onsync/approval",
          `onsync://contacts/${drawWord()}`,
        ]);
        return { method: "resources/read", params: { uri } };
      }
      case 2: {
        const name = random.pick(["reply_to_customer", "follow_up_leads", "triage_inbox", drawWord()]);
        return {
          method: "prompts/get",
          params: { name, arguments: { conversationId: drawWord(), goal: drawWord() } },
        };
      }
      case 3: {
        const ref = { type: "ref/resource", uri: "onsync://contacts/{id}" };
        return { method: "completion/complete", params: { ref, argument: { name: "id", value: drawWord() } } };
      }
      case 4:
      case 5:
        return {
          method: "tools/call",
          params: { name: random.pick([...unlisted, ...listed]), arguments: drawArguments() },
        };
      default:
        return {
          method: "tools/call",
          params: {
            name: random.pick(["send_message", "send_message", "send_template", "decide_proposal"]),
            arguments: drawArguments(),
          },
        };
    }
  };

  return {
    /** Keeps what an answer shows: ids, words, addresses. */
    learn(answer: unknown): void {
      const shown = JSON.stringify(answer, (name, value) =>
        !seesMeta && ["_meta", "requestState"].includes(name) ? undefined : value,
      );
      for (const word of shown?.match(/[\w.:+~/-]{6,}/g) ?? [])
        if (known.length < maxKnown && !known.includes(word)) known.push(word);
    },

    /** A new one, or one that it has made before. */
    drawRequest(): Drawn {
      if (made.length > 0 && random.chance(0.25)) return random.pick(made);
      const drawn = drawNew();
      made.push(drawn);
      return drawn;
    },

    /** Asks the approval page, with tokens that it has seen or makes up. */
    async browse(fetch: (request: Request) => Promise<Response>): Promise<string> {
      const proposals = isProposal();
      const word = proposals.length > 0 && random.chance(0.8) ? random.pick(proposals) : drawWord();
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
        form: drawWord(),
        token: drawWord(),
        name: "model",
        content: drawWord(),
      }).toString();
      const headers = {
        host: "127.0.0.1:4020",
        cookie: `onsync_approvals=${encodeURIComponent(drawWord())}.${encodeURIComponent(drawWord())}`,
        ...(random.chance(0.7) && { authorization: `Bearer ${encodeURIComponent(drawToken())}` }),
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
    },
  };
}
