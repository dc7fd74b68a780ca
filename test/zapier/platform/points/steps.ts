/** Steps of the real build on a simulated Zapier, as its Zaps run them. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, jest } from "@jest/globals";
import { openZapierBuild, type ZapierBuild } from "../../../../testing/zapier/build.ts";
import { type ContactRow, readContacts, readSentMessages } from "../../../../testing/zapier/judge.ts";
import { type Connection, type Outcome, openPlatform, type Platform } from "../../../../testing/zapier/platform.ts";
import type { Trouble } from "../../../../testing/zapier/run.ts";
import type { World } from "../../../../testing/zapier/world.ts";

export const customer = "+971500000001";

export type Field = {
  key: string;
  label?: string;
  default?: string;
  hidden?: boolean;
  required?: boolean;
  dynamic?: string;
  dependsOn?: string[];
  choices?: unknown;
};
export type Operation = {
  inputFields?: (Field | unknown)[];
  canPaginate?: boolean;
  lock?: { key: string; scope?: string[]; timeout?: number };
};
export type Definition = {
  authentication: { fields?: Field[] };
  triggers: Record<string, { operation: Operation }>;
  creates: Record<string, { operation: Operation }>;
  searches: Record<string, { operation: Operation }>;
};

type Options = {
  bundle?: Record<string, unknown>;
  trouble?: Trouble;
  zap?: number;
  connection?: Connection;
  locks?: boolean;
};

/** What a file of tests has: set up before each of them. */
export type Steps = {
  readonly platform: Platform;
  readonly world: World;
  readonly connection: Connection;
  /** Runs `creates.send_message`, say. `inputData` is what the Zap fills in. */
  run(step: string, inputData: Record<string, unknown>, options?: Options): Promise<Outcome>;
  /** As {@link run}, and has the result; any other end fails the test. */
  succeed<Result = Record<string, unknown>>(
    step: string,
    inputData: Record<string, unknown>,
    options?: Options,
  ): Promise<Result>;
  /** The input fields of a step, those included that depend on what is filled in. */
  fields(step: string, inputData?: Record<string, unknown>): Promise<Field[]>;
  definition(): Promise<Definition>;
  sentTexts(): string[];
  contacts(): ContactRow[];
  /** Requests to OnSync since the test began. */
  requests(): World["tap"]["requests"];
};

/** @param speed 1 where a test is about what is in the log, which a quick process has no time to deliver */
export function useSteps({ speed = 5, rateLimit = 1000 } = {}): Steps {
  // Processes start, which takes seconds on a machine that is busy.
  jest.setTimeout(90_000);
  let build: ZapierBuild;
  let platform: Platform;
  let world: World;
  let connection: Connection;
  beforeAll(async () => {
    build = openZapierBuild();
    platform = await openPlatform(build, { speed, spare: 2 });
  });
  afterAll(async () => {
    await platform.close();
    build[Symbol.dispose]();
  });
  beforeEach(async () => {
    world = platform.createWorld({ rateLimit });
    connection = platform.connect(world, "a");
    await world.reference.control.inbound({ platform: "whatsapp", from: customer, content: "Hi" });
  });
  const run: Steps["run"] = (step, inputData, { bundle = {}, trouble, zap = 1, connection: other, locks } = {}) => {
    const { meta, ...rest } = bundle;
    return platform.invoke(world, other ?? connection, {
      method: /\.(inputFields|perform\w*)$/.test(step) ? step : `${step}.operation.perform`,
      bundle: { inputData, meta: { zap: { id: zap }, ...(meta as object) }, ...rest },
      storeKey: `zap_${zap}`,
      ...(trouble && { trouble }),
      ...(locks !== undefined && { locks }),
    });
  };
  const succeed: Steps["succeed"] = async <Result>(...args: Parameters<Steps["run"]>) => {
    const outcome = await run(...args);
    if (outcome.kind !== "success") throw new Error(`${args[0]} ended so: ${JSON.stringify(outcome)}`);
    return outcome.output as Result;
  };
  return {
    get platform() {
      return platform;
    },
    get world() {
      return world;
    },
    get connection() {
      return connection;
    },
    run,
    succeed,
    fields: (step, inputData = {}) => succeed<Field[]>(`${step}.operation.inputFields`, inputData),
    definition: async () => (await platform.command(world, "definition")) as Definition,
    sentTexts: () => readSentMessages(world).map(({ text }) => text),
    contacts: () => readContacts(world),
    requests: () => world.tap.requests,
  };
}

/** The answer to the send is lost, its work done, and no history can be read. */
export const loseAnswer: Trouble = {
  api: (_count, { method }) =>
    method === "POST" ? { kind: "reset", work: "before" } : { kind: "gateway", status: 502, work: "never" },
};

export const hangingCache: Trouble = { cache: () => ({ kind: "hang" }) };

const secret = "a secret of the subscription";

/** What a hook trigger is run with when OnSync delivers an event. */
export function deliver(type: string, data: object, eventId: string, subscription = "wh_1"): Record<string, unknown> {
  const content = JSON.stringify({ id: eventId, type, orgId: "org_1", createdAt: "2024-12-01T10:59:10.000Z", data });
  const signature = createHmac("sha256", secret).update(content).digest("hex");
  return {
    subscribeData: { id: subscription, secret },
    rawRequest: { method: "POST", headers: { "Http-X-Onsync-Signature": signature }, content },
    cleanedRequest: JSON.parse(content),
  };
}

/** A contact as the API and its events have it. */
export async function readContact(steps: Steps, id: string): Promise<Record<string, unknown>> {
  const { world } = steps;
  const headers = { Authorization: `Bearer ${world.reference.key}` };
  const response = await world.reference.fetch(new Request(`http://127.0.0.1/v1/contacts/${id}`, { headers }));
  const { activity: _, requestId: __, timestamp: ___, ...contact } = (await response.json()) as Record<string, unknown>;
  return contact;
}

export async function saveContact(steps: Steps, contact: object): Promise<string> {
  const { world } = steps;
  const headers = { Authorization: `Bearer ${world.reference.key}`, "Content-Type": "application/json" };
  const request = new Request("http://127.0.0.1/v1/contacts", {
    method: "POST",
    headers,
    body: JSON.stringify(contact),
  });
  const { id } = (await (await world.reference.fetch(request)).json()) as { id: string };
  return id;
}

/** Zapier cuts the text of an error, its request id included, after so many characters. */
export const maxErrorLength = 250;

/** A run that stopped for the Zap's own data, in words that Zapier shows whole. */
export function expectHalted(outcome: Outcome): string {
  expect(outcome).toMatchObject({ kind: "halted" });
  const { message } = outcome as { message: string };
  const text = message.split("\n\nConsole logs:")[0] as string;
  expect({ text, length: text.length <= maxErrorLength }).toMatchObject({ length: true });
  return text;
}

/** What a new Zap has filled in by itself. */
export function readDefaults(fields: readonly unknown[] = []): Record<string, unknown> {
  return Object.fromEntries(
    (fields as Field[]).flatMap(({ key, default: value }) => (key && value !== undefined ? [[key, value]] : [])),
  );
}
