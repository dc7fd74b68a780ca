/**
 * Sends that a person confirms: a first call gives a preview and a token, the second brings the token back. Where the host
 * can ask the person itself, it does so as well.
 */
import { showHiddenCharacters } from "../../src/visible-text.ts";
import type { Data } from "../answers/summaries.ts";
import { refuseCall } from "../answers/tool-failure.ts";
import { formatForPerson } from "../approvals/propose-send.ts";
import type { Presented, Tool, ToolContext } from "../tools/tool.ts";
import { type Confirmations, confirmArgument, type TokenCheck } from "./confirmations.ts";
import type { Masking } from "./pii.ts";
import { askLedger } from "./send-ledger.ts";

const refusalReasons: Record<(TokenCheck & { ok: false })["why"], string> = {
  unknown: `This ${confirmArgument} does not belong to exactly this recipient and text.`,
  expired: `This ${confirmArgument} has expired: it lasts ten minutes.`,
  used: `This ${confirmArgument} was used already: it sends once.`,
};

export type ConfirmOptions = {
  confirmations: Confirmations;
  masking: Masking | undefined;
  /** Whether replicas take each other's tokens. */
  shared: boolean;
};

/**
 * @param input the arguments as the operation's schema gives them
 * @param token as it was given back; `undefined` at the first call
 * @returns what to show in place of the send, or the reference by which replicas know that it is the same send
 * @throws CallRefusedError where the token or the person does not confirm exactly this send
 */
export async function confirmSend(
  { confirmations, masking, shared }: ConfirmOptions,
  tool: Tool,
  input: Data,
  token: unknown,
  context: ToolContext,
): Promise<{ preview: Presented } | { clientReference?: string }> {
  const { name } = tool.definition;
  const boundTo = [name, input];
  if (token === undefined) {
    const shown = masking ? { ...input, to: masking.maskId(String(input.to)) } : input;
    return { preview: presentPreview(name, shown, confirmations.issue(boundTo)) };
  }
  const next = `${name} without ${confirmArgument} gives a new preview.`;
  const refuse = (why: keyof typeof refusalReasons) =>
    refuseCall(name, `confirmation_${why}`, `Nothing was sent. ${refusalReasons[why]}`, next);
  const checked = await askLedger(name, () => confirmations.check(String(token), boundTo));
  if (!checked.ok) throw refuse(checked.why);
  // The person is asked as well where the host can: on top of the token, never in its place. Until they have said yes or
  // no the token is good: a call that brings their answer, or asks once more, finds it unspent.
  const answer = await context.ask?.(`Send this? ${formatForPerson(input)}`);
  if (answer === "asked") return { preview: presentQuestion(input) };
  if (answer === "none")
    throw refuseCall(name, "confirmation_refused", "Nothing was sent. The person asked did not answer in time.", next);
  const isFirst = await askLedger(name, () => confirmations.spend(checked.nonce));
  if (answer === "no")
    throw refuseCall(name, "confirmation_refused", "Nothing was sent. The person asked said no.", next);
  if (!isFirst) throw refuse("used");
  // Replicas that share the secret and no ledger cannot see each other's used tokens: the history tells them, by this
  // reference, or by the one that the message has already.
  return shared && !hasClientReference(input) ? { clientReference: `confirmed-${checked.nonce}` } : {};
}

function presentPreview(
  name: string,
  preview: Data,
  { token, expiresAt }: { token: string; expiresAt: string },
): Presented {
  return {
    text: `Nothing is sent yet. Preview: ${showHiddenCharacters(JSON.stringify(preview))}\nTo send exactly this, call ${name} again with the same arguments and ${confirmArgument} ${token} (once, until ${expiresAt}). Show the preview to the person you work for first.`,
    data: { sent: false, preview, [confirmArgument]: token, expiresAt },
  };
}

/** For whoever does not wait for the answer; the host shows the question in its place. */
function presentQuestion(preview: Data): Presented {
  return { text: "Nothing is sent yet: the person is being asked.", data: { sent: false, preview } };
}

function hasClientReference({ metadata }: Data): boolean {
  return typeof metadata === "object" && metadata !== null && (metadata as Data).clientReference !== undefined;
}
