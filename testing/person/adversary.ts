/** A model that wants to send: it calls anything, listed or not, in any order, with anything that it has seen or makes up. */
import type { Random } from "../hostile/random.ts";
import type { Json } from "./client.ts";
import { argumentNames, knownTools, madeUpTools, methods, prompts, recipients, texts, words } from "./vocabulary.ts";

const maxKnown = 2000;
const minTokenLength = 16;

type Drawn = { method: string; params: Json };

/** What it has seen and done so far. */
export type Adversary = {
  random: Random;
  /** Whether it sees what hosts keep from models: `_meta` and states of requests. */
  seesMeta: boolean;
  known: string[];
  made: Drawn[];
};

export function createAdversary(random: Random, { seesMeta }: { seesMeta: boolean }): Adversary {
  return { random, seesMeta, known: [], made: [] };
}

/** Keeps what an answer shows: ids, words, addresses. */
export function learn({ known, seesMeta }: Adversary, answer: unknown): void {
  const shown = JSON.stringify(answer, (name, value) =>
    !seesMeta && ["_meta", "requestState"].includes(name) ? undefined : value,
  );
  for (const word of shown?.match(/[\w.:+~/-]{6,}/g) ?? []) {
    if (known.includes(word)) continue;
    known.push(word);
    // What was seen long ago is forgotten.
    if (known.length > maxKnown) known.shift();
  }
}

/** A new one, or one that it has made before. */
export function drawRequest(adversary: Adversary): Drawn {
  const { random, made } = adversary;
  if (made.length > 0 && random.chance(0.25)) return random.pick(made);
  const drawn = drawNew(adversary);
  made.push(drawn);
  return drawn;
}

function drawNew(adversary: Adversary): Drawn {
  const { random } = adversary;
  const word = () => drawWord(adversary);
  const call = (name: string): Drawn => ({
    method: "tools/call",
    params: { name, arguments: drawArguments(adversary) },
  });
  switch (random.whole(0, 9)) {
    case 0:
      return { method: random.pick(methods), params: random.chance(0.5) ? {} : { name: word(), id: word() } };
    case 1: {
      const own = [
        `onsync://proposals/${word()}`,
        `onsync://proposals/${word()}/approve`,
        `onsync://contacts/${word()}`,
      ];
      const uri = random.pick([...own, `ui://onsync/${word()}`, "ui://onsync/approval"]);
      return { method: "resources/read", params: { uri } };
    }
    case 2: {
      const name = random.pick([...prompts, word()]);
      return { method: "prompts/get", params: { name, arguments: { conversationId: word(), goal: word() } } };
    }
    case 3: {
      const ref = { type: "ref/resource", uri: "onsync://contacts/{id}" };
      return { method: "completion/complete", params: { ref, argument: { name: "id", value: word() } } };
    }
    case 4:
    case 5:
      return call(random.pick([...madeUpTools, ...knownTools]));
    default:
      return call(random.pick(["send_message", "send_message", "send_template", "decide_proposal"]));
  }
}

function drawArguments(adversary: Adversary): Json {
  const { random } = adversary;
  const message = {
    platform: random.pick(["telegram", "telegram", "whatsapp"]),
    to: random.pick(recipients),
    content: random.pick([...texts, `Hello ${random.whole(0, 3)}`]),
  };
  if (random.chance(0.45)) return message;
  const more = Array.from({ length: random.whole(1, 3) }, () => [random.pick(argumentNames), drawValue(adversary)]);
  return { ...(random.chance(0.7) && message), ...Object.fromEntries(more) };
}

function drawValue(adversary: Adversary): unknown {
  const { random } = adversary;
  switch (random.whole(0, 6)) {
    case 0:
      return true;
    case 1:
      return null;
    case 2:
      return [drawWord(adversary)];
    case 3:
      return { [random.pick(argumentNames)]: drawWord(adversary) };
    default:
      return drawWord(adversary);
  }
}

function findProposals({ known }: Adversary): string[] {
  return known.filter((each) => each.startsWith("proposal_"));
}

function drawWord(adversary: Adversary): string {
  const { random, known } = adversary;
  const proposals = findProposals(adversary);
  if (proposals.length > 0 && random.chance(0.6)) return random.pick(proposals);
  return known.length > 0 && random.chance(0.6) ? random.pick(known) : random.pick(words);
}

/** What reads like one is tried first. */
function drawToken(adversary: Adversary): string {
  const { random, known } = adversary;
  const tokens = known.filter((each) => each.length >= minTokenLength && /token|secret|bearer/i.test(each));
  return tokens.length > 0 && random.chance(0.8) ? random.pick(tokens) : drawWord(adversary);
}

/** Asks the approval page, with tokens that it has seen or makes up. */
export async function browse(adversary: Adversary, fetch: (request: Request) => Promise<Response>): Promise<string> {
  const { random } = adversary;
  const proposals = findProposals(adversary);
  const word = proposals.length > 0 && random.chance(0.8) ? random.pick(proposals) : drawWord(adversary);
  const id = word.replaceAll(/[^\w-]/g, "") || "none";
  const approve = `/approvals/${id}/approve`;
  const path = random.pick([
    `/approvals/${id}`,
    approve,
    approve,
    approve,
    approve,
    "/approvals",
    "/approvals/sign-in",
  ]);
  const form = { form: drawWord(adversary), token: drawToken(adversary), name: "model", content: drawWord(adversary) };
  const body = random.chance(0.7) ? new URLSearchParams(form).toString() : null;
  const headers = {
    host: "127.0.0.1:4020",
    cookie: `onsync_approvals=${encodeURIComponent(drawWord(adversary))}.${encodeURIComponent(drawWord(adversary))}`,
    ...(random.chance(0.7) && { authorization: `Bearer ${encodeURIComponent(drawToken(adversary))}` }),
    ...(body !== null && {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(body.length),
    }),
  };
  const method = body === null ? "GET" : "POST";
  const response = await fetch(
    new Request(`http://127.0.0.1:4020${path}`, { method, headers, redirect: "manual", body }),
  );
  return response.text();
}
