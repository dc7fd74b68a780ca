/** What stands between an agent's call and OnSync: each check refuses with a sentence that says what to do. */
import type { OnSync, SendLedger } from "../../src/client/index.ts";
import { createProposals } from "../../src/proposals/proposals.ts";
import type { Data } from "../answers/summaries.ts";
import { CallRefusedError, refuseCall } from "../answers/tool-failure.ts";
import { type Proposing, proposeSend } from "../approvals/propose-send.ts";
import type { McpOptions } from "../options.ts";
import type { Presented, Tool, ToolContext } from "../tools/tool.ts";
import { createSendCaps, type SendCaps } from "./caps.ts";
import { type ConfirmOptions, confirmSend } from "./confirm-send.ts";
import { confirmArgument, createConfirmations } from "./confirmations.ts";
import { type AddressCheck, createAddressCheck } from "./contact-addresses.ts";
import type { Masking } from "./pii.ts";
import { findLimits, getPower } from "./powers.ts";
import { createRecipientFilter, type RecipientFilter } from "./recipients.ts";
import { askLedger } from "./send-ledger.ts";
import type { SafetySettings } from "./settings.ts";
import { createTemplateCheck, type TemplateCheck, type TemplateSend } from "./template-check.ts";
import { findWebhookUrlProblem } from "./webhook-url.ts";

export type Guard = ConfirmOptions & {
  /** Where only a person sends. */
  proposing: Proposing | undefined;
  safety: SafetySettings;
  /** `undefined`: every recipient is allowed. */
  isRecipientAllowed: RecipientFilter | undefined;
  findMovedContact: AddressCheck;
  checkTemplate: TemplateCheck;
  admitSend: SendCaps;
};

export type GuardOptions = {
  safety: SafetySettings;
  onsync: OnSync;
  /** Where sends are counted and used confirmations noted. */
  ledger: SendLedger;
  /** Whose sends are counted together. */
  scope: string;
  now: () => number;
  masking: Masking | undefined;
  approvals?: McpOptions["approvals"];
};

/** @throws Error where a pattern of recipients is empty */
export function createGuard(options: GuardOptions): Guard {
  const { safety, onsync, ledger, scope, now, masking } = options;
  return {
    safety,
    proposing: safety.send === "person" ? createProposing(options) : undefined,
    isRecipientAllowed: safety.allowRecipients && createRecipientFilter(safety.allowRecipients),
    findMovedContact: createAddressCheck(onsync),
    checkTemplate: createTemplateCheck(onsync, now),
    confirmations: createConfirmations(now, ledger, safety.secret),
    shared: safety.secret !== undefined,
    masking,
    admitSend: createSendCaps(safety.caps ?? {}, ledger, `sends ${scope}`),
  };
}

function createProposing({ safety, onsync, ledger, scope, now, masking, approvals }: GuardOptions): Proposing {
  approvals?.addClient?.(scope, onsync);
  return {
    ...{ proposals: createProposals(ledger, now), onsync, org: scope, masking, now },
    getUrl: approvals?.getUrl ?? (() => undefined),
    askHost: safety.hostApprovals !== false,
  };
}

/** What is shown in place of the call; `meta` for the host alone. */
export type Shown = { preview: Presented; meta?: Data };

/** Leave to make the call. */
export type Permit = {
  /** The send's reference, where replicas are to know it by one. */
  clientReference?: string;
  /** To be called where the send was certainly not made: it does not count then. */
  release(): void;
};

/**
 * @param input the arguments as the operation's schema gives them
 * @param args the arguments as they came
 * @returns leave to make the call, or what to show in its place
 * @throws CallRefusedError where the operator's settings forbid the call
 */
export async function guardCall(
  guard: Guard,
  tool: Tool,
  input: Data,
  args: Data,
  context: ToolContext,
): Promise<Permit | Shown> {
  const { name } = tool.definition;
  const power = getPower(tool.operation);
  if (power === "writesToCustomers") return guardSend(guard, tool, input, args[confirmArgument], context);
  if (power === "writesContacts") await refuseMovedContact(guard, name, input, context.signal);
  if (name === "create_webhook") refuseWrongWebhookUrl(guard, name, input);
  return { release: () => {} };
}

/** Who is written to is not chosen by whoever may change a customer's phone. */
async function refuseMovedContact(
  { safety, findMovedContact }: Guard,
  name: string,
  input: Data,
  signal: AbortSignal | undefined,
): Promise<void> {
  const option = findLimits(safety, "movesContacts").get("no");
  const problem = option === undefined ? undefined : await findMovedContact(input, signal);
  if (problem === undefined) return;
  throw refuseCall(
    name,
    "address_fixed",
    `Nothing was changed. ${problem} With ${option} an assistant does not change where a contact that is there already is reached, nor what it is found by.`,
    "the same without that, or ask the person you work for to change it in OnSync.",
  );
}

async function guardSend(
  guard: Guard,
  tool: Tool,
  input: Data,
  token: unknown,
  context: ToolContext,
): Promise<Permit | Shown> {
  const { name } = tool.definition;
  refuseForbiddenRecipient(guard, name, input);
  if (name === "send_template") await refuseWrongTemplate(guard, name, input, context.signal);
  if (guard.proposing) return proposeSend(guard.proposing, tool, input, context, () => countSend(guard, name));
  const confirmed = findLimits(guard.safety, "writesToCustomers").has("previewed")
    ? await confirmSend(guard, tool, input, token, context)
    : {};
  return "preview" in confirmed ? confirmed : { ...confirmed, release: await countSend(guard, name) };
}

function refuseForbiddenRecipient({ isRecipientAllowed, safety }: Guard, name: string, input: Data): void {
  if (!isRecipientAllowed || isRecipientAllowed(String(input.platform), String(input.to))) return;
  const patterns = safety.allowRecipients?.join(", ");
  throw refuseCall(
    name,
    "recipient_not_allowed",
    `Nothing was sent. The operator allows these recipients only: ${patterns}.`,
  );
}

async function refuseWrongTemplate(
  { checkTemplate }: Guard,
  name: string,
  input: Data,
  signal: AbortSignal | undefined,
): Promise<void> {
  const problem = await checkTemplate(input as TemplateSend, signal);
  if (problem !== undefined)
    throw refuseCall(name, "template_mismatch", `Nothing was sent. ${problem}`, "list_templates.");
}

/** @returns takes the send out of the count again */
async function countSend({ admitSend, safety }: Guard, name: string): Promise<() => void> {
  const admission = await askLedger(name, admitSend);
  // What cannot be released counts until its window is over.
  if (admission.admitted) return () => void admission.release().catch(() => {});
  const { cap, limit, waitMs } = admission;
  const seconds = Math.ceil(waitMs / 1000);
  throw new CallRefusedError({
    text: `${name} was not done (cap_reached). Nothing was sent. The operator allows ${limit} sends ${cap === "perMinute" ? "a minute" : "a day"}, and they are used up. Next: the same call in ${seconds} seconds${safety.send === "confirm" ? `, with a new ${confirmArgument}` : ""}.`,
    retry: "safe",
    code: "cap_reached",
    retryAfterMs: waitMs,
  });
}

function refuseWrongWebhookUrl({ safety }: Guard, name: string, input: Data): void {
  const problem = findWebhookUrlProblem(String(input.url), safety.webhookHosts);
  if (problem !== undefined) throw refuseCall(name, "url_not_allowed", `Nothing was registered. ${problem}`);
}
