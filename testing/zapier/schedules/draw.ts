/** Draws a schedule: which Zaps run, what they send, and through how much trouble. */
import type { BehaviourInput } from "../../../reference/index.ts";
import { createRandom, type Random } from "../../hostile/random.ts";
import { type WantedMessage, writeTemplateText } from "../judge.ts";
import type { Mood } from "./trouble.ts";

export const templateName = "order_follow_up";

export type PlannedRun = {
  wanted: WantedMessage;
  method: string;
  inputData: Record<string, unknown>;
  zap: number;
  connection: "first" | "second";
  /** When it begins within the first round, in milliseconds. */
  offsetMs: number;
};

export type Schedule = {
  seed: number;
  shape: Shape;
  runs: PlannedRun[];
  /** Of each round; those after the last have none. */
  moods: Mood[];
  locks: boolean;
  behaviour: BehaviourInput;
  extensions: boolean;
  /** Whether the two connections have a key each, of one org. */
  ownKeys: boolean;
  /** Whether the cache loses everything now and then: only where references can be found in OnSync's history. */
  forgets: boolean;
};

export const shapes = ["plain", "referenced", "twins", "conflict", "same words", "template"] as const;
export type Shape = (typeof shapes)[number];

const customers = ["+971500000001", "+971500000002"];

const deviations: BehaviourInput[] = [
  { historyLagMs: 2000 },
  { historyLagMs: 20_000 },
  { conversationIds: "digits" },
  { conversationIds: "opaque" },
  { notFound: "framework" },
  { historyMetadata: false },
  { maxPage: 20 },
  { times: "micros" },
];

type Draft = { id: string; content: string; reference?: string };

/** What is sent, and which of it is one message. */
function draftRuns(shape: Shape, random: Random): Draft[] {
  const order = random.whole(1, 9999);
  const reference = `order-${order}`;
  switch (shape) {
    case "plain":
    case "template":
      return Array.from({ length: random.whole(1, 3) }, (_, index) => ({
        id: `run ${index}`,
        content: `${order}.${index}`,
      }));
    case "referenced":
      return Array.from({ length: random.whole(1, 3) }, (_, index) => ({
        id: `reference ${index}`,
        content: `Order ${order}.${index} is on its way`,
        reference: `${reference}-${index}`,
      }));
    case "twins":
      return Array.from({ length: random.whole(2, 3) }, () => ({
        id: "reference",
        content: `Order ${order}`,
        reference,
      }));
    case "conflict":
      return ["confirmed", "shipped"].map((word) => ({ id: word, content: `Order ${order} is ${word}`, reference }));
    case "same words":
      return [1, 2].map((run) => ({ id: `run ${run}`, content: "Thank you!" }));
  }
}

function planRun({ id, content, reference }: Draft, shape: Shape, to: string, random: Random): PlannedRun {
  const more = {
    zap: random.whole(1, 2),
    connection: random.pick(["first", "second"] as const),
    offsetMs: random.pick([0, 0, random.whole(0, 3000)]),
  };
  const common = { to, ...(reference !== undefined && { clientReference: reference }) };
  const wanted = { id, to, ...(reference !== undefined && { reference }) };
  if (shape === "template")
    return {
      ...more,
      wanted: { ...wanted, text: writeTemplateText(templateName, "en", [content]) },
      method: "creates.send_template.operation.perform",
      inputData: { ...common, template: templateName, language: "en", parameter_1: content },
    };
  return {
    ...more,
    wanted: { ...wanted, text: content },
    method: "creates.send_message.operation.perform",
    inputData: { ...common, platform: "whatsapp", content },
  };
}

function drawMood(random: Random): Mood {
  return random.pick<Mood>([
    { api: true, cache: false, kills: false },
    { api: false, cache: true, kills: false },
    { api: false, cache: false, kills: true },
    { api: true, cache: false, kills: true },
    { api: true, cache: true, kills: true },
    { api: false, cache: false, kills: false },
  ]);
}

export function drawSchedule(seed: number, only?: Shape): Schedule {
  const random = createRandom(seed);
  const drawn = random.pick(shapes);
  const shape = only ?? drawn;
  const to = random.pick(customers);
  const behaviour = random.chance(0.3) ? random.pick(deviations) : {};
  const extensions = random.chance(0.8);
  const isFound = Object.keys(behaviour).length === 0 && ["referenced", "conflict"].includes(shape);
  return {
    seed,
    shape,
    runs: draftRuns(shape, random).map((draft) => planRun(draft, shape, to, random)),
    moods: Array.from({ length: random.whole(1, 3) }, () => drawMood(random)),
    locks: random.chance(0.5),
    behaviour,
    extensions,
    // A history that lags or hides references cannot tell one key of what another sent.
    ownKeys: extensions || (Object.keys(behaviour).length === 0 && random.chance(0.5)),
    forgets: isFound && random.chance(0.3),
  };
}
