/** A call of `messages.send`, checked: its request, and which message it is. */
import type { MessageInput } from "../../api/index.ts";
import type { ClientContext } from "../context.ts";
import { type Deadline, startDeadline } from "../deadline.ts";
import type { SendOptions } from "../options.ts";
import { type PreparedRequest, parseRequest } from "../parse-request.ts";
import { isObject } from "../wire/json.ts";
import { createFingerprint, isSameMessage, type MessageIdentity, parseReference } from "./reference.ts";

export type PreparedSend = {
  input: MessageInput;
  prepared: PreparedRequest<"sendMessage">;
  deadline: Deadline;
  identity: MessageIdentity;
  fingerprint: string;
  /** Whether the caller gave the reference: then an earlier call may have sent the message under it. */
  isReferenceGiven: boolean;
};

/** @throws ValidationError */
export function parseSend(context: ClientContext, input: MessageInput, options: SendOptions): PreparedSend {
  const deadline = startDeadline(context, options);
  const given = parseReference(input, options.clientReference);
  const clientReference = given ?? context.uuid();
  // Metadata of another kind is left as it is, for the schema to refuse.
  const canCarryReference = input?.metadata === undefined || isObject(input.metadata);
  const body = canCarryReference ? { ...input, metadata: { ...input?.metadata, clientReference } } : input;
  const prepared = parseRequest(context, "sendMessage", { body });
  const { platform, to } = input;
  return {
    input,
    prepared,
    deadline,
    identity: { platform, to, clientReference, isSame: (message) => isSameMessage(message, input) },
    fingerprint: createFingerprint(input),
    isReferenceGiven: given !== undefined,
  };
}
