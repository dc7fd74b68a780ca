/**
 * Errors an agent can act on: what happened, whether the same call may be made again, and the next call to make. Only
 * the core's advice, the code, the request id and field names go out: never a stack, never an unknown error's message.
 */
import { type ApiError, isApiError, isErrorNamed, isOnSyncError, type OnSyncError } from "../../src/client/index.ts";
import type { Tool } from "../tools/tool.ts";
import { type Fence, isPlainId, isPlainKey, sanitizeLine } from "./customer-text.ts";
import type { Data } from "./summaries.ts";
import { describeWindow } from "./window.ts";

/** A failed call. `retry` says whether the same call may be made again, and is part of the text too. */
export type ToolFailure = {
  text: string;
  retry: "safe" | "after_change" | "look_first";
  code: string;
  requestId?: string;
  /** How long to wait before calling again, where that is known. */
  retryAfterMs?: number;
};

function toShortLine(text: string, length = 600): string {
  const line = sanitizeLine(text);
  return line.length > length ? `${line.slice(0, length)}...` : line;
}

const retrySentences = {
  safe: "Calling again is safe.",
  after_change: "The same call would fail again: do not repeat it unchanged.",
  look_first: "Do not repeat it before you have looked: it may have been done.",
};

/** Whether it is an error of this server's own, and none that OnSync answered. */
export function isInternal({ code, requestId }: ToolFailure): boolean {
  return code === "internal" && requestId === undefined;
}

/** A step's word that a call is not to be made: nothing was asked of OnSync. */
export class CallRefusedError extends Error {
  readonly failure: ToolFailure;
  constructor(failure: ToolFailure) {
    super(failure.text);
    this.name = "CallRefusedError";
    this.failure = failure;
  }
}

export function refuseCall(tool: string, code: string, what: string, next?: string): CallRefusedError {
  return new CallRefusedError(describeRefusal(tool, code, what, next));
}

/** A failure of this server's own finding. */
export function describeRefusal(tool: string, code: string, what: string, next = ""): ToolFailure {
  return {
    text: [`${tool} was not done (${code}).`, what, retrySentences.after_change, next && `Next: ${next}`]
      .filter(Boolean)
      .join(" "),
    retry: "after_change",
    code,
  };
}

/** Nobody reads this answer, the log does. */
export function describeCancelled({ definition, operation }: Tool): ToolFailure {
  return {
    text: `${definition.name} was cancelled.`,
    retry: operation.effect === "reads" ? "safe" : "look_first",
    code: "cancelled",
  };
}

/** A call that only waited was ended, so that the server can close. */
export function describeClosing({ definition }: Tool): ToolFailure {
  return {
    text: `${definition.name} was ended: this server is restarting. Calling again with the same arguments is safe, and nothing is skipped.`,
    retry: "safe",
    code: "closing",
  };
}

/** The code is one word of the API's own, or it is not shown. */
function getErrorCode(error: OnSyncError): string {
  return isApiError(error)
    ? /^[\w.-]{1,60}$/.test(error.code) && isPlainId(error.code)
      ? error.code
      : "unknown_code"
    : error.name
        .replace(/Error$/, "")
        .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
        .toLowerCase();
}

/** Words that only a developer can act on: an agent has tools, and no address, endpoint or option to look at. */
const developersWords = /base URL|maxAnswerBytes|deadline|\b(?:GET|POST|PATCH|DELETE) \//;

/** The core's advice in an agent's terms. */
function adviseAgent(error: OnSyncError): string {
  if (isErrorNamed(error, "NotFoundError"))
    return "Nothing has this id here: it is gone, or never was one of this org.";
  if (!developersWords.test(error.advice)) return toShortLine(error.advice);
  return error.outcome === "not_sent" && error.retryable
    ? "OnSync was not reached. If it goes on, tell the person you work for: whoever runs this server can look into it."
    : "Tell the person you work for: whoever runs this server can look into it.";
}

/** The findings of a refused input. The client's own words are ours; those of an answer may quote anybody. */
function describeInvalidFields({ details, requestId }: ApiError, fence: Fence): string {
  const shown = details.slice(0, 10).map(({ path, message }) => {
    const place = toShortLine(path.join(".") || "input", 80);
    // A property's name may be anybody's words.
    const field = path.every((part) => typeof part === "number" || isPlainKey(String(part)))
      ? place
      : fence.wrap(place);
    return `${field} ${requestId === undefined ? toShortLine(message, 200) : fence.wrap(toShortLine(message, 200))}`;
  });
  return shown.length === 0 ? "Correct the input." : `Correct ${shown.join(", and ")}.`;
}

/** The next call, where there is one that leads on. */
function suggestNextCall(error: OnSyncError, { operation, withoutExtension }: Tool, args: Data): string {
  if (isErrorNamed(error, "WindowClosedError")) return "list_templates, then send_template to the same address.";
  if (isErrorNamed(error, "DuplicateError")) {
    const [first, ...others] = error.contactIds.map((id) => toShortLine(id, 60));
    return first === undefined
      ? "find_contacts with the same phone or email."
      : `update_contact with contactId ${first}${others.length > 0 ? `, or with ${others.join(" or ")} (get_contact shows which is meant)` : ""}.`;
  }
  if (isErrorNamed(error, "RateLimitError") && error.retryAfterMs !== null)
    return `the same call in ${Math.ceil(error.retryAfterMs / 1000)} seconds.`;
  if (isErrorNamed(error, "UnknownOutcomeError"))
    return operation.effect === "sends"
      ? `list_messages with conversationId ${toShortLine(error.conversationId ?? String(args.to), 120)}: see whether the message is there.`
      : "list_webhooks: see whether it is there.";
  if (isErrorNamed(error, "ExtensionUnavailableError")) return withoutExtension ?? "";
  if (isErrorNamed(error, "PermissionError") || isErrorNamed(error, "AuthenticationError"))
    return "tell the person you work for: you cannot change this yourself.";
  if (isErrorNamed(error, "NotFoundError")) {
    if ("contactId" in args) return "find_contacts gives the ids of contacts.";
    if ("webhookId" in args) return "list_webhooks gives the ids of webhooks.";
    return "list_conversations gives the ids of conversations. One nobody has written in yet has no history.";
  }
  return "";
}

function classifyRetry(error: OnSyncError, { operation }: Tool): ToolFailure["retry"] {
  if (isErrorNamed(error, "UnknownOutcomeError") || error.outcome === "unknown") return "look_first";
  if (!error.retryable) return "after_change";
  // What must not happen twice is safe to repeat only where it certainly did not happen.
  return operation.idempotent || error.outcome === "not_sent" || isErrorNamed(error, "RateLimitError")
    ? "safe"
    : "look_first";
}

/** What a failed call tells the agent. */
export function describeFailure(error: unknown, tool: Tool, args: Data, fence: Fence): ToolFailure {
  const { name, effect } = tool.operation;
  if (!isOnSyncError(error)) {
    const retry = effect === "reads" ? "safe" : "look_first";
    return {
      text: `${name} failed (internal). An error of this MCP server's own, which is in its log. ${retrySentences[retry]}`,
      retry,
      code: "internal",
    };
  }
  const code = getErrorCode(error);
  const retry = classifyRetry(error, tool);
  const requestId = error.requestId !== undefined && isPlainId(error.requestId) ? error.requestId : undefined;
  const status = isApiError(error) && requestId !== undefined ? `${error.status} ` : "";
  const next = suggestNextCall(error, tool, args);
  const window = isErrorNamed(error, "WindowClosedError") ? error.window : null;
  const lines = [
    `${name} failed (${status}${code}).`,
    effect === "sends" && error.outcome === "not_sent" && "Nothing was sent.",
    isErrorNamed(error, "ValidationError") ? describeInvalidFields(error, fence) : adviseAgent(error),
    window?.expiredAt && `${describeWindow({ open: false, expiresAt: toShortLine(window.expiredAt, 40) })}.`,
    retrySentences[retry],
    next && `Next: ${next}`,
  ];
  // Some advice quotes it already.
  if (requestId !== undefined && !lines.some((line) => typeof line === "string" && line.includes(requestId)))
    lines.push(`Request id: ${requestId}.`);
  const label = fence.label().replace("customers", "the API");
  return {
    text: [...lines, label].filter(Boolean).join(" "),
    retry,
    code,
    requestId,
    ...(isApiError(error) && error.retryAfterMs !== null && { retryAfterMs: error.retryAfterMs }),
  };
}
