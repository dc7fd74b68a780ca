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

/** What an action says about errors in words of its own. */
export type ErrorTexts = {
  /** Labels of the input fields, by key, for "Phone: must be …". */
  labels?: Readonly<Record<string, string>>;
  /** What to fill in where too little was: said in place of the operation's "give …", which knows its own names only. */
  tooLittleInput?: string;
  /** What still works where the API extension it uses is missing. */
  withoutExtension?: string;
  /** Whether a replay of the run looks for the message first (`replay-guard.ts`). */
  replayLooksFirst?: boolean;
};

const keySettings = "Settings → API & Webhooks in OnSync";

const connectionLabels = { apiKey: "API Key", baseUrl: "Base URL" };

/** What the person is told. */
function toErrorText(error: OnSyncError, texts: ErrorTexts): string {
  if (isErrorNamed(error, "AuthenticationError"))
    return `The API key is missing, wrong or revoked. Generate a new one under ${keySettings} and reconnect OnSync with it.`;
  if (isErrorNamed(error, "PermissionError")) {
    const scope = error.scope ?? "the scope this step needs";
    return `The API key lacks a permission: ${scope}. Edit the key under ${keySettings}, grant it ${scope}, and run the Zap again.`;
  }
  if (isApiError(error) && error.code === "template_rejected")
    return `${endWithFullStop(error.message)} Choose an approved template, and give one value for each of its variables.`;
  if (isErrorNamed(error, "ValidationError")) return toValidationText(error, texts);
  if (isErrorNamed(error, "WindowClosedError"))
    return "Nothing was sent: on WhatsApp a text can only be sent within 24 hours of the customer's last message. Use the Send WhatsApp Template action instead.";
  if (isErrorNamed(error, "DuplicateError")) {
    const owners = error.contactIds.length > 0 ? ` (${error.contactIds.join(", ")})` : "";
    return `Nothing was changed: phone, email or external reference belong to other contacts already${owners}. Use the Update Contact action with the one you mean, or merge them in OnSync.`;
  }
  if (isErrorNamed(error, "RateLimitError")) {
    const wait = error.retryAfterMs === null ? "" : ` in ${Math.ceil(error.retryAfterMs / 1000)} seconds`;
    return `OnSync's hourly request limit is spent. Zapier tries again${wait}.`;
  }
  if (isErrorNamed(error, "UnknownOutcomeError") && error.clientReference !== null) {
    const advice = texts.replayLooksFirst
      ? "If you replay this run, it looks for that message first and does not send it twice."
      : "Do not replay this run before you have looked.";
    return `The message may have been sent: OnSync's answer did not arrive. Check the conversation ${error.conversationId ?? "with the customer"} in OnSync. ${advice}`;
  }
  if (isErrorNamed(error, "ExtensionUnavailableError"))
    return (
      texts.withoutExtension ?? `This OnSync account's API does not offer what this step needs (${error.extension}).`
    );
  const outcome = error.outcome === "not_sent" ? "Nothing was sent. " : "";
  return `${outcome}${isApiError(error) || error.retryable ? `${endWithFullStop(error.message)} ` : ""}${error.advice}`;
}

/** What is wrong with which field, by the labels that the person sees. */
function toValidationText(error: ValidationError, { labels: fieldLabels, tooLittleInput }: ErrorTexts): string {
  const labels: Readonly<Record<string, string>> = { ...connectionLabels, ...fieldLabels };
  const findings = error.details.map(({ path, message }) => {
    if (tooLittleInput !== undefined && message.startsWith("give ")) return tooLittleInput;
    const label = labels[String(path.at(-1))] ?? labels[String(path[0])] ?? path.join(".");
    return label ? `${label}: ${message}` : message;
  });
  return findings.length > 0
    ? `OnSync cannot take this. ${[...new Set(findings)].join("; ")}.`
    : `OnSync cannot take this: ${error.message}`;
}

function endWithFullStop(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
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

/** The error to throw in place of the one that was caught; an error made for Zapier already stays as it is. */
export function toZapierError(z: ZObject, bundle: Partial<Bundle>, error: unknown, texts: ErrorTexts = {}): Error {
  if (error instanceof Error && "doNotContextify" in error) return error;
  if (!isOnSyncError(error)) return toInternalError(z, bundle, error);
  const errorText = redactSecrets(toErrorText(error, texts), bundle);
  const { requestId } = error;
  const text =
    requestId === undefined || errorText.includes(requestId) ? errorText : `${errorText} (request id ${requestId})`;
  if (isErrorNamed(error, "AuthenticationError")) return keepBundleOut(new z.errors.ExpiredAuthError(text));
  if (isErrorNamed(error, "UnknownOutcomeError")) return keepBundleOut(new z.errors.HaltedError(text));
  if (isErrorNamed(error, "RateLimitError"))
    return new z.errors.ThrottledError(
      text,
      error.retryAfterMs === null ? undefined : Math.ceil(error.retryAfterMs / 1000),
    );
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
