/**
 * The client's errors as what Zapier shows and does. The texts are ours, for the person whose Zap it is; none is made of
 * the bundle, which holds the webhook's secret. (Zapier appends the bundle to every error that is not marked
 * `doNotContextify`, HaltedError and ExpiredAuthError included.)
 */
import type { Bundle, ZObject } from "zapier-platform-core";
import {
  isApiError,
  isErrorNamed,
  isOnSyncError,
  type OnSyncError,
  type ValidationError,
} from "../src/client/index.ts";
import { readCredentials } from "./connection/client.ts";
import { hideInPath } from "./connection/request-log.ts";
import { type ErrorText, endWithFullStop, fitErrorText } from "./error-length.ts";

/** What an action says about errors in words of its own. */
export type ErrorTexts = {
  /** Labels of the input fields, by key, for "Phone: must be …". */
  labels?: Readonly<Record<string, string>>;
  /** What to fill in where too little was: said in place of the operation's "give …", which knows its own names only. */
  tooLittleInput?: string;
  /** What still works where the API extension it uses is missing. */
  withoutExtension?: string;
  /** Whether a replay of the run looks for the message first (`send/send-once.ts`). */
  replayLooksFirst?: boolean;
};

const keySettings = "Settings → API & Webhooks in OnSync";

const connectionLabels = { apiKey: "API Key", baseUrl: "Base URL", default_country: "Default Country" };

/** What the person is told: first what to do, then what else is known. */
function toErrorText(error: OnSyncError, texts: ErrorTexts): ErrorText {
  if (isErrorNamed(error, "AuthenticationError"))
    return {
      fix: `The API key is missing, wrong or revoked. Generate a new one under ${keySettings} and reconnect OnSync with it.`,
    };
  if (isErrorNamed(error, "PermissionError")) {
    const scope = error.scope ?? "what this step needs";
    return {
      fix: `The API key lacks a permission: ${scope}. Edit the key under ${keySettings}, grant it ${scope}, and run the Zap again.`,
    };
  }
  if (isApiError(error) && error.code === "template_rejected")
    return {
      fix: "Choose an approved template, and give one value for each of its variables.",
      details: [error.message],
    };
  if (isErrorNamed(error, "ValidationError")) return toValidationText(error, texts);
  if (isErrorNamed(error, "WindowClosedError"))
    return {
      fix: "Nothing was sent: on WhatsApp a text can only be sent within 24 hours of the customer's last message. Use the Send WhatsApp Template action, or choose Send a Template Instead in this step.",
    };
  if (isErrorNamed(error, "DuplicateError"))
    return {
      fix: `Nothing was changed: the phone, email or reference is another contact's. Use the Update Contact action with the one you mean${error.contactIds.length > 0 ? ":" : "."}`,
      details: error.contactIds,
      separator: ", ",
    };
  if (isErrorNamed(error, "ReferenceConflictError"))
    return {
      fix: "Nothing was sent: this Client Reference belongs to another message. Use one that is unique to the message, such as order-10482-shipped.",
      details: error.messageId === null ? [] : [error.messageId],
    };
  if (isErrorNamed(error, "RateLimitError")) {
    const wait = error.retryAfterMs === null ? "" : ` in ${Math.ceil(error.retryAfterMs / 1000)} seconds`;
    return { fix: `OnSync's hourly request limit is spent. Zapier tries again${wait}.` };
  }
  if (isErrorNamed(error, "UnknownOutcomeError") && error.clientReference !== null)
    return toUnknownOutcomeText(error.conversationId, texts);
  if (isErrorNamed(error, "ExtensionUnavailableError"))
    return {
      fix:
        texts.withoutExtension ?? `This OnSync account's API does not offer what this step needs (${error.extension}).`,
    };
  const outcome = error.outcome === "not_sent" ? "Nothing was sent. " : "";
  return {
    fix: `${outcome}${endWithFullStop(error.advice)}`,
    details: isApiError(error) || error.retryable ? [hideInPath(error.message).split("\nWhat happened:")[0] ?? ""] : [],
  };
}

/** A conversation's id is longer than a phone number where it is not worth the room. */
const maxConversationIdCharacters = 32;

function toUnknownOutcomeText(conversationId: string | null, texts: ErrorTexts): ErrorText {
  const isNamed = conversationId !== null && conversationId.length <= maxConversationIdCharacters;
  const advice = texts.replayLooksFirst
    ? "If you replay this run, it looks for it first and does not send it twice."
    : "Do not replay this run before you have looked.";
  return {
    fix: `The message may have been sent: OnSync's answer did not arrive. Check the conversation ${isNamed ? conversationId : "with the customer"} in OnSync. ${advice}`,
  };
}

/** What is wrong with which field, by the labels that the person sees. */
function toValidationText(error: ValidationError, { labels: fieldLabels, tooLittleInput }: ErrorTexts): ErrorText {
  const labels: Readonly<Record<string, string>> = { ...connectionLabels, ...fieldLabels };
  const findings = error.details.map(({ path, message }) => {
    if (tooLittleInput !== undefined && message.startsWith("give ")) return tooLittleInput;
    const label = labels[String(path.at(-1))] ?? labels[String(path[0])] ?? path.join(".");
    return label ? `${label}: ${message}` : message;
  });
  return findings.length > 0
    ? { fix: "OnSync cannot take this.", details: [...new Set(findings)], separator: "; " }
    : { fix: "OnSync cannot take this:", details: [error.message] };
}

/**
 * Whether the Zap's data caused it: the run halts then, and the Zap stays on, since the next one's data may be right. What
 * something in front of OnSync answered, and what the connection's own fields cause, comes again with every run.
 */
function isCausedByData(error: OnSyncError): boolean {
  if (isErrorNamed(error, "UnknownOutcomeError") || isErrorNamed(error, "ReferenceConflictError")) return true;
  if (!isApiError(error) || ![400, 404, 409, 413, 422].includes(error.status)) return false;
  const isOnSyncsCode = /^\w+$/.test(error.code) && !["unknown", "unknown_endpoint"].includes(error.code);
  const isConnections = error.details.some(({ path }) => Object.hasOwn(connectionLabels, String(path[0])));
  return isOnSyncsCode && !isConnections;
}

/** Nothing that only the bundle knows leaves with an error, whatever the server's answer echoed. */
function redactSecrets(text: string, bundle: Partial<Bundle>): string {
  const subscription: { id?: unknown; secret?: unknown } = bundle.subscribeData ?? {};
  const secrets = [readCredentials({ authData: bundle.authData ?? {} }).apiKey, subscription.secret];
  return secrets
    .filter((secret): secret is string => typeof secret === "string" && secret.length >= 6)
    .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

/** Zapier appends the bundle to an error without this mark. */
function keepBundleOut(error: Error): Error {
  return Object.assign(error, { doNotContextify: true });
}

/** Ends the run without counting against the Zap, which Zapier turns off when most of its runs end in errors. */
export function createHaltedError(z: Pick<ZObject, "errors">, text: string): Error {
  return keepBundleOut(new z.errors.HaltedError(text));
}

/** How long a run is held where OnSync does not say it, in milliseconds. */
const defaultHeldMs = 60_000;

/**
 * Has Zapier run the step again by itself, not before this time. Runs that are held together come back over half a minute
 * (a tenth of the wait, where that is longer), not all at once.
 */
export function createThrottled(z: ZObject, text: string, seconds: number): Error {
  const spreadSeconds = Math.max(30, seconds / 10);
  return keepBundleOut(new z.errors.ThrottledError(text, Math.floor(seconds + Math.random() * (spreadSeconds + 1))));
}

/** The error to throw in place of the one that was caught; an error made for Zapier already stays as it is. */
export function toZapierError(z: ZObject, bundle: Partial<Bundle>, error: unknown, texts: ErrorTexts = {}): Error {
  if (error instanceof Error && "doNotContextify" in error) return error;
  if (!isOnSyncError(error)) return toInternalError(z, bundle, error);
  // Secrets go before the text is cut, which would leave a part of one.
  const { fix, details = [], separator } = toErrorText(error, texts);
  const [safeFix = "", ...safeDetails] = [fix, ...details].map((part) => redactSecrets(part, bundle));
  const text = fitErrorText({ fix: safeFix, details: safeDetails, separator }, error.requestId);
  if (isErrorNamed(error, "AuthenticationError")) return keepBundleOut(new z.errors.ExpiredAuthError(text));
  if (isCausedByData(error)) return createHaltedError(z, text);
  if (isErrorNamed(error, "RateLimitError"))
    return createThrottled(z, text, Math.ceil((error.retryAfterMs ?? defaultHeldMs) / 1000));
  return isApiError(error) ? new z.errors.Error(text, error.code, error.status) : new z.errors.Error(text, error.name);
}

/** A fault of this app's own. Its details are for the developer's log, which Zapier scrubs; the person gets a way on. */
function toInternalError(z: ZObject, bundle: Partial<Bundle>, error: unknown): Error {
  const details = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error);
  z.console.error(redactSecrets(details, bundle));
  return new z.errors.Error(
    "Something went wrong inside the OnSync integration. Run the Zap again; if it goes on, write to support@onsync.com.",
    "internal",
    500,
  );
}
