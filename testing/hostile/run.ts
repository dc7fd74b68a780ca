/** Makes a plan happen, from its first call to an hour after its last, and has it judged. */
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import { createClientsLedger } from "./client.ts";
import { PlainLedger } from "./ledger.ts";
import { createMachineClock, type MachineClock } from "./machine-clock.ts";
import { judge } from "./oracle/judge.ts";
import { type CallRecord, errorNames, type Said, type Violation } from "./oracle/truth.ts";
import { type Call, hour, type Intent, type Plan } from "./plan/plan.ts";
import type { CreateClient, SendInput, SendOptions } from "./process/client-options.ts";
import { baseUrl, createProcess, type Process } from "./process/process.ts";
import { createRandom } from "./random.ts";
import { ServerModel } from "./server/model.ts";
import type { StoredMessage } from "./server/records.ts";
import { NothingLeftError, World } from "./virtual-time.ts";

export type Run = { calls: CallRecord[]; violations: Violation[]; messages: number; trace: string[] };

type Trace = (line: () => string) => void;

function readText(value: unknown, name: string): string {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === "string" ? found : "";
}

/** What a rejection tells a caller. */
function readError(error: unknown, signal: AbortSignal | undefined): Said {
  if (signal?.aborted && error === signal.reason) return { kind: "aborted" };
  const name = readText(error, "name");
  const message = readText(error, "message");
  const outcome = readText(error, "outcome");
  const isNamed = (errorNames as readonly string[]).includes(name);
  if (!isNamed || (outcome !== "not_sent" && outcome !== "unknown")) return { kind: "odd", name, message };
  if ((outcome === "unknown") !== (name === "UnknownOutcomeError"))
    return { kind: "odd", name, message: `outcome ${outcome}: ${message}` };
  if (name === "ReferenceConflictError") return { kind: "conflict", message };
  return { kind: outcome, name, message };
}

function readMessage(message: unknown): Said {
  const { id, conversationId, alreadySent } = (message ?? {}) as Record<string, unknown>;
  return { kind: "sent", id, conversationId, alreadySent: alreadySent === true };
}

function createLedger(plan: Plan, clock: MachineClock): SendLedger | null {
  if (plan.sharing !== "shared ledger") return null;
  return plan.ledgerEngine === "plain"
    ? new PlainLedger(clock, createRandom(plan.seed ^ 0x1ed9e5))
    : createClientsLedger(clock);
}

/** A receiver of webhooks, which tells the ledger of each message. Given the texts that the ledger has been told of. */
function createReceiver(plan: Plan, world: World, ledger: SendLedger | null, told: Set<string>, trace: Trace) {
  return (message: StoredMessage): void => {
    const reference = message.metadata.clientReference;
    if (plan.webhookAfterMs === null || ledger === null || typeof reference !== "string") return;
    world.after(plan.webhookAfterMs, async () => {
      const { id: messageId, conversationId } = message;
      const sentAt = new Date(message.createdAtMicros / 1000).toISOString();
      trace(() => `  a webhook tells the ledger of ${messageId}`);
      const outcome = { state: "sent", messageId, conversationId, sentAt } as const;
      const entry = await ledger.record({ scope: baseUrl, reference }, outcome);
      if (entry?.state === "sent") told.add(message.content);
    });
  };
}

function toInput({ platform, to, content, reference, referenceIn }: Intent): SendInput {
  const inMetadata = reference !== null && referenceIn !== "option" ? { clientReference: reference } : {};
  return { platform, to, messageType: "text", content, metadata: { source: "crm", ...inMetadata } };
}

function toOptions({ reference, referenceIn }: Intent, signal: AbortSignal | undefined): SendOptions {
  return {
    ...(reference !== null && referenceIn !== "metadata" ? { clientReference: reference } : {}),
    ...(signal ? { signal } : {}),
  };
}

type Running = { plan: Plan; world: World; server: ServerModel; processes: Process[]; told: Set<string>; trace: Trace };

/** @returns `null` where its process is gone */
async function makeCall(running: Running, call: Call, stage: number): Promise<CallRecord | null> {
  const { plan, world, server, processes, told, trace } = running;
  if (call.startMs > 0) await world.sleep(call.startMs);
  const process = processes[call.process] as Process;
  if (!process.isUp()) return null;
  const intent = plan.intents[call.intent] as Intent;
  const controller = call.abortAfterMs === undefined ? undefined : new AbortController();
  if (call.abortAfterMs !== undefined)
    world.after(call.abortAfterMs, () => controller?.abort(new Error("The caller has lost interest.")));
  const before = {
    startedAt: world.now(),
    requestsBefore: server.sendRequests.length,
    toldBefore: told.has(intent.content),
  };
  trace(() => `call of ${process.name}: "${intent.content}"`);
  const said = await Promise.race([
    Promise.resolve()
      .then(() => process.client.messages.send(toInput(intent), toOptions(intent, controller?.signal)))
      .then(readMessage, (error) => readError(error, controller?.signal)),
    process.crashed.then((): Said => ({ kind: "cut off" })),
  ]);
  trace(() => `call of ${process.name} ended: ${JSON.stringify(said)}`);
  return {
    call,
    intent,
    intentIndex: call.intent,
    process: process.name,
    stage,
    ...before,
    requestsUntil: server.sendRequests.length,
    overruled: intent.reference !== null && process.overruled.has(intent.reference),
    endedAt: world.now(),
    said,
  };
}

/** @returns the calls in the order in which they ended, and whether one never did */
async function makeCalls(running: Running): Promise<{ calls: CallRecord[]; stuck: Violation[] }> {
  const { plan, world } = running;
  const calls: CallRecord[] = [];
  for (const [index, stage] of plan.stages.entries()) {
    if (stage.waitMs > 0) await world.pass(stage.waitMs);
    const all = stage.calls.map(async (call) => {
      const record = await makeCall(running, call, index);
      if (record) calls.push(record);
    });
    try {
      await world.until(Promise.all(all));
    } catch (error) {
      if (!(error instanceof NothingLeftError)) throw error;
      return { calls, stuck: [{ kind: "too long", text: `A call of stage ${index + 1} never ends.` }] };
    }
  }
  return { calls, stuck: [] };
}

export async function run(plan: Plan, createClient: CreateClient, options: { trace?: boolean } = {}): Promise<Run> {
  const world = new World();
  const random = createRandom(plan.seed ^ 0x5eed);
  const lines: string[] = [];
  const trace: Trace = options.trace
    ? (line) => lines.push(`${String(Math.round(world.now())).padStart(9)} ${line()}`)
    : () => {};
  const ledgerMachine = createMachineClock(world);
  const ledger = createLedger(plan, ledgerMachine.clock);
  const told = new Set<string>();
  const server = new ServerModel({
    world,
    random,
    behaviour: plan.server,
    sendFaults: plan.sendFaults,
    historyFaults: plan.historyFaults,
    recipients: plan.intents,
    trace,
    onMessage: createReceiver(plan, world, ledger, told, trace),
  });
  const surroundings = { world, random, server, ledger, createClient, trace };
  const processes = plan.processes.map((each, index) => createProcess(`process ${index + 1}`, each, surroundings));
  for (const { process, atMs, byMs } of plan.jumps)
    world.after(atMs, () => {
      trace(() => `the wall clock of process ${process + 1} jumps by ${byMs / hour} h`);
      processes[process]?.jumpClock(byMs);
      if (process === 0 && plan.ledgerClockJumps) ledgerMachine.jump(byMs);
    });

  const { calls, stuck } = await makeCalls({ plan, world, server, processes, told, trace });
  await world.pass(hour);
  const { sendRequests, historyReads, messages } = server;
  const violations = [...stuck, ...judge({ plan, calls, sendRequests, historyReads, messages })];
  return { calls, violations, messages: messages.length, trace: lines };
}
