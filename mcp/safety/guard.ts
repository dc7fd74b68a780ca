/** What stands between an agent's call and OnSync: each check refuses with a sentence that says what to do. */
import type { OnSync, SendLedger } from "../../src/client/index.ts";
import type { Data } from "../answers/summaries.ts";
import { refuseCall, type ToolFailure } from "../answers/tool-failure.ts";
import { sortKeys } from "../call/failure-memory.ts";
import type { Presented, Tool, ToolContext } from "../tools/tool.ts";
import { createSendCaps } from "./caps.ts";
import { confirmArgument, createConfirmations, type Redemption } from "./confirmations.ts";
import { createRecipientFilter } from "./recipients.ts";
import type { SafetySettings } from "./settings.ts";
import { createTemplateCheck, type TemplateSend } from "./template-check.ts";
import { findWebhookUrlProblem } from "./webhook-url.ts";

export type GuardDecision =
  | { failure: ToolFailure }
  /** Nothing is done yet: this is shown instead. */
  | { preview: Presented }
  | { pass: true; clientReference?: string /** To be told how it ended. */; ended(sent: boolean): void };

/** Of a message in the text of a preview; the data has it whole, and so has the agent. */
const maxPreviewCharacters = 300;

function shortenPreview(input: Data): string {
  const content = typeof input.content === "string" ? [...input.content] : [];
  return JSON.stringify(
    content.length > maxPreviewCharacters
      ? { ...input, content: `${content.slice(0, maxPreviewCharacters).join("")}...` }
      : input,
  );
}

function hasClientReference({ metadata }: Data): boolean {
  return typeof metadata === "object" && metadata !== null && (metadata as Data).clientReference !== undefined;
}

const passed: GuardDecision = { pass: true, ended: () => {} };

const refusalReasons: Record<(Redemption & { ok: false })["why"], string> = {
  unknown: `This ${confirmArgument} does not belong to exactly this recipient and text.`,
  expired: `This ${confirmArgument} has expired: it lasts ten minutes.`,
  used: `This ${confirmArgument} was used already: it sends once.`,
};

class LedgerUnavailableError extends Error {}

async function askLedger<Value>(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    throw new LedgerUnavailableError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

export type GuardOptions = {
  safety: SafetySettings;
  onsync: OnSync;
  /** Where sends are counted and used confirmations noted. */
  ledger: SendLedger;
  /** Whose sends are counted together. */
  scope: string;
  now: () => number;
  /** What of a send's input an answer may show. */
  show(input: Data): Data;
};

export function createGuard({ safety, onsync, ledger, scope, now, show }: GuardOptions) {
  const isAllowed = safety.allowRecipients && createRecipientFilter(safety.allowRecipients);
  const admit = createSendCaps(safety.caps ?? {}, ledger, `sends ${scope}`);
  const confirmations = createConfirmations(now, ledger, safety.secret);
  const checkTemplate = createTemplateCheck(onsync, now);

  const confirm = async (tool: Tool, input: Data, token: unknown, context: ToolContext): Promise<GuardDecision> => {
    const { name } = tool.definition;
    const what = [name, sortKeys(input)];
    if (token === undefined) {
      const { token: issued, expiresAt } = confirmations.issue(what);
      const preview = show(input);
      return {
        preview: {
          text: `Nothing is sent yet. Preview: ${shortenPreview(preview)}\nTo send exactly this, call ${name} again with the same arguments and ${confirmArgument} ${issued} (once, until ${expiresAt}). Show the preview to the person you work for first.`,
          data: { sent: false, preview, [confirmArgument]: issued, expiresAt },
        },
      };
    }
    const again = `${name} without ${confirmArgument} gives a new preview.`;
    const redeemed = await askLedger(() => confirmations.redeem(String(token), what));
    if (!redeemed.ok) {
      return {
        failure: refuseCall(
          name,
          `confirmation_${redeemed.why}`,
          `Nothing was sent. ${refusalReasons[redeemed.why]}`,
          again,
        ),
      };
    }
    // The person is asked as well where the host can: on top of the token, never in its place.
    const answer = await context.ask?.(`Send this? ${JSON.stringify(input)}`);
    if (answer === "no" || answer === "none") {
      const why = answer === "no" ? "The person asked said no." : "The person asked did not answer in time.";
      return { failure: refuseCall(name, "confirmation_refused", `Nothing was sent. ${why}`, again) };
    }
    // Replicas that share the secret and no ledger cannot see each other's used tokens: the history tells them, by this
    // reference, or by the one that the message has already.
    const isNamed = safety.secret === undefined || hasClientReference(input);
    return { pass: true, ended: () => {}, ...(!isNamed && { clientReference: `confirmed-${redeemed.nonce}` }) };
  };

  const guardSend = async (tool: Tool, input: Data, token: unknown, context: ToolContext): Promise<GuardDecision> => {
    const { name } = tool.definition;
    const { platform, to } = input as { platform: string; to: string };
    if (isAllowed && !isAllowed(platform, to)) {
      const patterns = safety.allowRecipients?.join(", ");
      return {
        failure: refuseCall(
          name,
          "recipient_not_allowed",
          `Nothing was sent. The operator allows these recipients only: ${patterns}.`,
        ),
      };
    }
    if (name === "send_template") {
      const complaint = await checkTemplate(input as TemplateSend, context.signal);
      if (complaint !== undefined)
        return { failure: refuseCall(name, "template_mismatch", `Nothing was sent. ${complaint}`, "list_templates.") };
    }
    let verdict: GuardDecision = passed;
    if (safety.send === "confirm") verdict = await confirm(tool, input, token, context);
    if (!("pass" in verdict)) return verdict;

    const admission = await askLedger(admit);
    if (!admission.admitted) {
      const { cap, limit, waitMs } = admission;
      const seconds = Math.ceil(waitMs / 1000);
      return {
        failure: {
          text: `${name} was not done (cap_reached). Nothing was sent. The operator allows ${limit} sends ${cap === "perMinute" ? "a minute" : "a day"}, and they are used up. Next: the same call in ${seconds} seconds${safety.send === "confirm" ? `, with a new ${confirmArgument}` : ""}.`,
          retry: "safe",
          code: "cap_reached",
          retryAfterMs: waitMs,
        },
      };
    }
    // What cannot be released counts until its window is over.
    return { ...verdict, ended: (sent) => (sent ? undefined : void admission.release().catch(() => {})) };
  };

  /** Without its ledger a server cannot know what was sent, so that nothing is. */
  const guardWithLedger = async (...send: Parameters<typeof guardSend>): Promise<GuardDecision> => {
    try {
      return await guardSend(...send);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      const [{ definition }] = send;
      const why = `Nothing was sent. The send ledger cannot be asked: ${error.message}.`;
      return { failure: refuseCall(definition.name, "ledger_unavailable", why, "tell the operator of this server.") };
    }
  };

  /**
   * @param input the arguments as the operation's schema gives them
   * @param args the arguments as they came
   */
  return async (tool: Tool, input: Data, args: Data, context: ToolContext): Promise<GuardDecision> => {
    if (tool.operation.effect === "sends") return guardWithLedger(tool, input, args[confirmArgument], context);
    if (tool.definition.name === "create_webhook") {
      const complaint = findWebhookUrlProblem(String(input.url), safety.webhookHosts);
      if (complaint !== undefined)
        return { failure: refuseCall(tool.definition.name, "url_not_allowed", `Nothing was registered. ${complaint}`) };
    }
    return passed;
  };
}
