/** Makes a plan happen, from its first call to an hour after its last, and has it judged. */
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import { createClientsLedger } from "./client.ts";
import { createPlainLedger } from "./ledger.ts";
import { createServerModel } from "./onsync-model.ts";
import { type CallRecord, errorNames, judge, type Said, type Violation } from "./oracle.ts";
import { baseUrl, type CreateClient, createProcess, type Process } from "./process.ts";
import { createRandom } from "./random.ts";
import { hour, type Plan } from "./schedule.ts";
import { createMachineClock, createWorld, NothingLeftError } from "./virtual-time.ts";

export type Run = { calls: CallRecord[]; violations: Violation[]; messages: number; trace: string[] };

function textOf(value: unknown, name: string): string {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === "string" ? found : "";
}

/** What a rejection tells a caller. */
function readError(error: unknown, signal: AbortSignal | undefined): Said {
  if (signal?.aborted && error === signal.reason) return { kind: "aborted" };
  const name = textOf(error, "name");
  const message = textOf(error, "message");
  const outcome = textOf(error, "outcome");
  const isNamed = (errorNames as readonly string[]).includes(name);
  if (!isNamed || (outcome !== "not_sent" && outcome !== "unknown")) return { kind: "odd", name, message };
  if ((outcome === "unknown") !== (name === "UnknownOutcomeError"))
    return { kind: "odd", name, message: `outcome ${outcome}: ${message}` };
  if (name === "ReferenceConflictError") return { kind: "conflict", message };
  return { kind: outcome, name, message };
}

export async function run(plan: Plan, createClient: CreateClient, options: { trace?: boolean } = {}): Promise<Run> {
  const world = createWorld();
  const random = createRandom(plan.seed ^ 0x5eed);
  const lines: string[] = [];
  const trace = options.trace
    ? (line: () => string) => lines.push(`${String(Math.round(world.now())).padStart(9)} ${line()}`)
    : () => {};
  const ledgerMachine = createMachineClock(world);
  const ledger: SendLedger | null =
    plan.sharing === "shared ledger"
      ? plan.ledgerEngine === "plain"
        ? createPlainLedger(ledgerMachine.clock, createRandom(plan.seed ^ 0x1ed9e5))
        : createClientsLedger(ledgerMachine.clock)
      : null;
  const told = new Set<string>();
  const server = createServerModel(world, random, plan.server, plan, plan.intents, trace, (message) => {
    const reference = message.metadata.clientReference;
    if (plan.webhookAfterMs === null || ledger === null || typeof reference !== "string") return;
    world.after(plan.webhookAfterMs, async () => {
      const { id: messageId, conversationId } = message;
      const sentAt = new Date(message.createdAtMicros / 1000).toISOString();
      trace(() => `  a webhook tells the ledger of ${messageId}`);
      const entry = await ledger.record(
        { scope: baseUrl, reference },
        { state: "sent", messageId, conversationId, sentAt },
      );
      if (entry?.state === "sent") told.add(message.content);
    });
  });
  const processes: Process[] = plan.processes.map((process, index) =>
    createProcess(`process ${index + 1}`, world, random, server, ledger, createClient, process, trace),
  );
  for (const { process, atMs, byMs } of plan.jumps)
    world.after(atMs, () => {
      trace(() => `the wall clock of process ${process + 1} jumps by ${byMs / hour} h`);
      processes[process]?.jumpClock(byMs);
      if (process === 0 && plan.ledgerClockJumps) ledgerMachine.jump(byMs);
    });

  const calls: CallRecord[] = [];
  const stuck: Violation[] = [];
  for (const [stageIndex, stage] of plan.stages.entries()) {
    if (stage.waitMs > 0) await world.pass(stage.waitMs);
    const running = stage.calls.map(async (call) => {
      if (call.startMs > 0) await world.sleep(call.startMs);
      const process = processes[call.process] as Process;
      if (!process.isUp()) return;
      const intent = plan.intents[call.intent] as Plan["intents"][number];
      const controller = call.abortAfterMs === undefined ? undefined : new AbortController();
      if (call.abortAfterMs !== undefined)
        world.after(call.abortAfterMs, () => controller?.abort(new Error("The caller has lost interest.")));
      const { reference, referenceIn } = intent;
      const startedAt = world.now();
      const postsBefore = server.posts.length;
      const toldBefore = told.has(intent.content);
      trace(() => `call of ${process.name}: "${intent.content}"`);
      const sending = Promise.resolve().then(() =>
        process.client.messages.send(
          {
            platform: intent.platform,
            to: intent.to,
            messageType: "text",
            content: intent.content,
            metadata: {
              source: "crm",
              ...(reference !== null && referenceIn !== "option" ? { clientReference: reference } : {}),
            },
          },
          {
            ...(reference !== null && referenceIn !== "metadata" ? { clientReference: reference } : {}),
            ...(controller ? { signal: controller.signal } : {}),
          },
        ),
      );
      const said = await Promise.race([
        sending.then(
          (message): Said => ({
            kind: "sent",
            id: (message as Record<string, unknown> | null)?.id,
            conversationId: (message as Record<string, unknown> | null)?.conversationId,
            alreadySent: (message as Record<string, unknown> | null)?.alreadySent === true,
          }),
          (error) => readError(error, controller?.signal),
        ),
        process.crashed.then((): Said => ({ kind: "cut off" })),
      ]);
      const postsUntil = server.posts.length;
      trace(() => `call of ${process.name} ended: ${JSON.stringify(said)}`);
      calls.push({
        call,
        intent,
        intentIndex: call.intent,
        process: process.name,
        stage: stageIndex,
        postsBefore,
        postsUntil,
        toldBefore,
        overruled: reference !== null && process.overruled.has(reference),
        startedAt,
        endedAt: world.now(),
        said,
      });
    });
    try {
      await world.until(Promise.all(running));
    } catch (error) {
      if (!(error instanceof NothingLeftError)) throw error;
      stuck.push({ kind: "too long", text: `A call of stage ${stageIndex + 1} never ends.` });
      break;
    }
  }
  await world.pass(hour);
  const truth = { plan, calls, posts: server.posts, looks: server.looks, messages: server.messages() };
  return { calls, violations: [...stuck, ...judge(truth)], messages: truth.messages.length, trace: lines };
}
