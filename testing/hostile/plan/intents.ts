/** What is to be sent: to whom, and under which reference. */
import type { Random } from "../random.ts";
import type { Intent } from "./plan.ts";
import type { Shape } from "./stages.ts";

const recipients = [
  ["whatsapp", "+971500000001"],
  ["whatsapp", "+971500000002"],
  ["instagram", "Sara.Hussein"],
  ["facebook", "1029384756"],
  ["telegram", "@Expo_Lead"],
] as const;

/** A reference is whatever a caller's database calls it. */
function drawReference(random: Random, seed: number): string {
  if (random.chance(0.6)) return `order-${seed}`;
  return random.pick([
    String(1_000_000 + seed),
    "__proto__",
    "constructor",
    ` order ${seed}`,
    `"${seed}"\n%2F/🧾`,
    "r".repeat(200),
  ]);
}

/** Another reference, which a client that trims or lower-cases would take for the same. */
function drawLookAlike(random: Random, reference: string): string {
  const upper = reference.toUpperCase();
  return random.pick([`${reference.slice(0, 199)} `, upper === reference ? reference.slice(1) : upper]);
}

/** The first is what the run is about; the second is another message, where the shape has one. */
export function drawIntents(random: Random, seed: number, shape: Shape, hasReference: boolean): Intent[] {
  const [platform, to] = random.pick(recipients);
  const reference = drawReference(random, seed);
  const makeIntent = (index: number, changes: Partial<Intent> = {}): Intent => ({
    platform,
    to,
    content: `Text ${index} of run ${seed}`,
    reference: hasReference ? reference : null,
    referenceIn: random.pick(["option", "metadata", "both"]),
    ...changes,
  });
  const intents: Intent[] = [makeIntent(0)];
  if (shape.startsWith("other")) {
    const [otherPlatform, otherTo] = random.pick(recipients.filter(([, address]) => address !== to));
    intents.push(makeIntent(1, random.chance(0.5) ? {} : { platform: otherPlatform, to: otherTo }));
  }
  if (shape === "references that look alike")
    intents.push(makeIntent(1, { reference: hasReference ? drawLookAlike(random, reference) : null }));
  if (shape === "a conversation that is known")
    intents.push(makeIntent(1, { reference: hasReference ? `greeting-${seed}` : null }));
  return intents;
}
