/**
 * The client's errors as what Zapier shows and does. The texts are ours, for the person whose Zap it is; none is made of
 * the bundle, which holds the webhook's secret. (Zapier appends the bundle to every error that is not marked
 * `doNotContextify`, HaltedError and ExpiredAuthError included.)
 */
import type { Bundle, ZObject } from "zapier-platform-core";
import { isApiError, isErrorNamed, isOnSyncError, type OnSyncError } from "../src/client/index.ts";
import { credentials } from "./connection/connection.ts";

/** What an operation says about errors in its own words. */
export type ErrorWords = {
  /** Labels of the input fields, by key, for "Phone: must be …". */
  labels?: Readonly<Record<string, string>>;
  /** What to fill in where too little was: said in place of the operation's "give …", which knows its own names only. */
  missing?: string;
  /** What still works where the API extension it uses is missing. */
  withoutExtension?: string;
  /** Whether a replay of the run looks for the message first (`replay.ts`). */
  replayLooksFirst?: boolean;
};

const keySettings = "Settings → API & Webhooks in OnSync";

const connectionLabels = { apiKey: "API Key", baseUrl: "Base URL" };

function textOf(error: OnSyncError, { labels: own, missing, withoutExtension, replayLooksFirst }: ErrorWords): string {
  const labels: Readonly<Record<string, string>> = { ...connectionLabels, ...own };
  if (isErrorNamed(error, "AuthenticationError"))
    return `The API key is missing, wrong or revoked. Generate a new one under ${keySettings} and reconnect OnSync with it.`;
  if (isErrorNamed(error, "PermissionError")) {
    const scope = error.scope ?? "the scope this step needs";
    return `The API key lacks a permission: ${scope}. Edit the key under ${keySettings}, grant it ${scope}, and run the Zap again.`;
  }
  if (isApiError(error) && error.code === "template_rejected")
    return `${sentence(error.message)} Choose an approved template, and give one value for each of its variables.`;
  if (isErrorNamed(error, "ValidationError")) {
    const findings = error.details.map(({ path, message }) => {
      if (missing !== undefined && message.startsWith("give ")) return missing;
      const label = labels[String(path.at(-1))] ?? labels[String(path[0])] ?? path.join(".");
      return label ? `${label}: ${message}` : message;
    });
    return findings.length > 0
      ? `OnSync cannot take this. ${[...new Set(findings)].join("; ")}.`
      : `OnSync cannot take this: ${error.message}`;
  }
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
    const again = replayLooksFirst
      ? "If you replay this run, it looks for that message first and does not send it twice."
      : "Do not replay this run before you have looked.";
    return `The message may have been sent: OnSync's answer did not arrive. Check the conversation ${error.conversationId ?? "with the customer"} in OnSync. ${again}`;
  }
  if (isErrorNamed(error, "ExtensionUnavailableError"))
    return withoutExtension ?? `This OnSync account's API does not offer what this step needs (${error.extension}).`;
  const outcome = error.outcome === "not_sent" ? "Nothing was sent. " : "";
  return `${outcome}${isApiError(error) || error.retryable ? `${sentence(error.message)} ` : ""}${error.advice}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

/** Nothing that only the bundle knows leaves with an error, whatever the server's answer echoed. */
function withoutSecrets(text: string, bundle: Partial<Bundle>): string {
  const subscription: { id?: unknown; secret?: unknown } = bundle.subscribeData ?? {};
  const secrets = [credentials({ authData: bundle.authData ?? {} }).apiKey, subscription.secret];
  return secrets
    .filter((secret): secret is string => typeof secret === "string" && secret.length >= 6)
    .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

function marked(error: Error): Error {
  return Object.assign(error, { doNotContextify: true });
}

/** The error to throw in place of the one that was caught; an error made for Zapier already stays as it is. */
export function zapierError(z: ZObject, bundle: Partial<Bundle>, error: unknown, words: ErrorWords = {}): Error {
  if (error instanceof Error && "doNotContextify" in error) return error;
  if (!isOnSyncError(error)) {
    // A fault of this app's own. Its details are for the developer's log, which Zapier scrubs; the person gets a way on.
    z.console.error(
      withoutSecrets(
        error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error),
        bundle,
      ),
    );
    return new z.errors.Error(
      "Something went wrong inside the OnSync integration. Run the Zap again; if it goes on, write to support@onsync.com.",
      "internal",
      500,
    );
  }
  const said = withoutSecrets(textOf(error, words), bundle);
  const { requestId } = error;
  const text = requestId === undefined || said.includes(requestId) ? said : `${said} (request id ${requestId})`;
  if (isErrorNamed(error, "AuthenticationError")) return marked(new z.errors.ExpiredAuthError(text));
  if (isErrorNamed(error, "UnknownOutcomeError")) return marked(new z.errors.HaltedError(text));
  if (isErrorNamed(error, "RateLimitError"))
    return new z.errors.ThrottledError(
      text,
      error.retryAfterMs === null ? undefined : Math.ceil(error.retryAfterMs / 1000),
    );
  return isApiError(error) ? new z.errors.Error(text, error.code, error.status) : new z.errors.Error(text, error.name);
}
