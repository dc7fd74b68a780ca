/** What stands between an agent's call and OnSync: each check refuses with a sentence that says what to do. */
import type { OnSync } from "../../src/client/index.ts";
import { type Failure, refusal } from "../failure.ts";
import { canonical } from "../memory.ts";
import type { Data } from "../rows.ts";
import { createTemplateCheck, type TemplateSend } from "../template-check.ts";
import type { Presented, Tool, ToolContext } from "../tool.ts";
import { createCaps } from "./caps.ts";
import { type Confirmed, confirmArgument, createConfirmations } from "./confirm.ts";
import type { Safety } from "./index.ts";
import { createRecipients } from "./recipients.ts";
import { refusedWebhookUrl } from "./webhook-url.ts";

export type Verdict =
  | { failure: Failure }
  /** Nothing is done yet: this is shown instead. */
  | { preview: Presented }
  | { pass: true; clientReference?: string /** To be told how it ended. */; ended(sent: boolean): void };

/** Of a message in the text of a preview; the data has it whole, and so has the agent. */
const shownCharacters = 300;

const short = (input: Data): string => {
  const content = typeof input.content === "string" ? [...input.content] : [];
  return JSON.stringify(
    content.length > shownCharacters
      ? { ...input, content: `${content.slice(0, shownCharacters).join("")}...` }
      : input,
  );
};

const passed: Verdict = { pass: true, ended: () => {} };

const whyRefused: Record<(Confirmed & { ok: false })["why"], string> = {
  unknown: `This ${confirmArgument} does not belong to exactly this recipient and text.`,
  expired: `This ${confirmArgument} has expired: it lasts ten minutes.`,
  used: `This ${confirmArgument} was used already: it sends once.`,
};

/** @param show what of a send's input an answer may show */
export const createGuard = (safety: Safety, onsync: OnSync, now: () => number, show: (input: Data) => Data) => {
  const isAllowed = safety.allowRecipients && createRecipients(safety.allowRecipients);
  const admit = createCaps(safety.caps ?? {}, now);
  const confirmations = createConfirmations(now, safety.secret);
  const checkTemplate = createTemplateCheck(onsync, now);

  const confirm = async (tool: Tool, input: Data, token: unknown, context: ToolContext): Promise<Verdict> => {
    const { name } = tool.definition;
    const what = [name, canonical(input)];
    if (token === undefined) {
      const { token: issued, expiresAt } = confirmations.issue(what);
      const preview = show(input);
      return {
        preview: {
          text: `Nothing is sent yet. Preview: ${short(preview)}\nTo send exactly this, call ${name} again with the same arguments and ${confirmArgument} ${issued} (once, until ${expiresAt}). Show the preview to the person you work for first.`,
          data: { sent: false, preview, [confirmArgument]: issued, expiresAt },
        },
      };
    }
    const again = `${name} without ${confirmArgument} gives a new preview.`;
    const redeemed = confirmations.redeem(String(token), what);
    if (!redeemed.ok) {
      return {
        failure: refusal(name, `confirmation_${redeemed.why}`, `Nothing was sent. ${whyRefused[redeemed.why]}`, again),
      };
    }
    // The person is asked as well where the host can: on top of the token, never in its place.
    const answer = await context.ask?.(`Send this? ${JSON.stringify(input)}`);
    if (answer === "no" || answer === "none") {
      const why = answer === "no" ? "The person asked said no." : "The person asked did not answer in time.";
      return { failure: refusal(name, "confirmation_refused", `Nothing was sent. ${why}`, again) };
    }
    // Replicas that share the secret cannot see each other's used tokens: the history tells them.
    return {
      pass: true,
      ended: () => {},
      ...(safety.secret !== undefined && { clientReference: `confirmed-${redeemed.nonce}` }),
    };
  };

  const guardSend = async (tool: Tool, input: Data, token: unknown, context: ToolContext): Promise<Verdict> => {
    const { name } = tool.definition;
    const { platform, to } = input as { platform: string; to: string };
    if (isAllowed && !isAllowed(platform, to)) {
      const patterns = safety.allowRecipients?.join(", ");
      return {
        failure: refusal(
          name,
          "recipient_not_allowed",
          `Nothing was sent. The operator allows these recipients only: ${patterns}.`,
        ),
      };
    }
    if (name === "send_template") {
      const complaint = await checkTemplate(input as TemplateSend, context.signal);
      if (complaint !== undefined)
        return { failure: refusal(name, "template_mismatch", `Nothing was sent. ${complaint}`, "list_templates.") };
    }
    let verdict: Verdict = passed;
    if (safety.send === "confirm") verdict = await confirm(tool, input, token, context);
    if (!("pass" in verdict)) return verdict;

    const admission = admit();
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
    return { ...verdict, ended: (sent) => (sent ? undefined : admission.release()) };
  };

  /**
   * @param input the arguments as the operation's schema gives them
   * @param args the arguments as they came
   */
  return async (tool: Tool, input: Data, args: Data, context: ToolContext): Promise<Verdict> => {
    if (tool.operation.effect === "sends") return guardSend(tool, input, args[confirmArgument], context);
    if (tool.definition.name === "create_webhook") {
      const complaint = refusedWebhookUrl(String(input.url), safety.webhookHosts);
      if (complaint !== undefined)
        return { failure: refusal(tool.definition.name, "url_not_allowed", `Nothing was registered. ${complaint}`) };
    }
    return passed;
  };
};
