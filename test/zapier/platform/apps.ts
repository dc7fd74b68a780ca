/** The small apps of testing/zapier on a simulated Zapier, and one of them sent with. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ReferenceOptions } from "../../../reference/index.ts";
import type { ZapRun } from "../../../testing/zapier/judge.ts";
import { type Outcome, openPlatform, type Platform, type PlatformOptions } from "../../../testing/zapier/platform.ts";
import type { Trouble } from "../../../testing/zapier/run.ts";
import type { World } from "../../../testing/zapier/world.ts";

const folder = join(import.meta.dirname, "../../../testing/zapier/fixtures");

export function openSmallApps(options?: PlatformOptions): Promise<Platform> {
  const wrapper = pathToFileURL(join(folder, "wrong-apps.ts")).href;
  return openPlatform({ wrapper, folder, node: process.execPath }, options);
}

export const customer = "+971500000001";

/** A world in which the customer has just written. */
export async function createOpenWorld(platform: Platform, options?: ReferenceOptions): Promise<World> {
  const world = platform.createWorld(options);
  await world.reference.control.inbound({ platform: "whatsapp", from: customer, content: "Hi" });
  return world;
}

type Wish = {
  app: string;
  content?: string;
  reference?: string;
  id?: string;
  trouble?: Trouble;
  locks?: boolean;
  /** Of a connection of its own. */
  key?: string;
};

/** Runs a step of an app once. */
export function send(
  platform: Platform,
  world: World,
  { app, content = "Order 1", reference, trouble, locks, key }: Wish,
): Promise<Outcome> {
  const connection = key === undefined ? platform.connect(world, "a") : platform.connect(world, "b", { key });
  return platform.invoke(world, connection, {
    method: `creates.${app}.operation.perform`,
    bundle: { inputData: { to: customer, content, clientReference: reference } },
    ...(trouble && { trouble }),
    ...(locks !== undefined && { locks }),
  });
}

/** A run of a Zap that was made so many times, once with each trouble. */
export async function runZap(
  platform: Platform,
  world: World,
  wish: Wish,
  troubles: Trouble[] = [{}],
): Promise<ZapRun> {
  const { content = "Order 1", id = "run", reference } = wish;
  const outcomes: Outcome[] = [];
  for (const trouble of troubles) outcomes.push(await send(platform, world, { ...wish, trouble }));
  return { wanted: { id, to: customer, text: content, ...(reference !== undefined && { reference }) }, outcomes };
}

/** The first request that changes something is answered by nothing, its work done or not. */
export function loseFirstAnswer(work: "before" | "never"): Trouble {
  let lost = false;
  return {
    api: (_count, { method }) => {
      if (lost || method !== "POST") return null;
      lost = true;
      return { kind: "reset", work };
    },
  };
}
