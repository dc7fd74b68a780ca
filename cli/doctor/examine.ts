/** The examination itself: a handful of requests, none of which changes anything. */
import { type AccountCheck, isErrorNamed, type OnSync, type RateLimit } from "../../src/client/index.ts";
import { type Check, createFailedCheck } from "./check.ts";
import { checkExtensions } from "./extensions.ts";
import { checkScopes, probeScopes } from "./scopes.ts";
import { checkWebhooks } from "./webhooks.ts";

export type ExaminationOptions = {
  onsync: OnSync;
  /** The API's clock minus this machine's, in milliseconds; `null` where no answer told. */
  skewMs(): number | null;
  /** Milliseconds, for how long an answer takes. */
  now(): number;
  signal?: AbortSignal;
};

/** More than this and times written here do not mean what they say there. */
const maxSkewMs = 30_000;

export function checkClock(skewMs: number): Check {
  const seconds = Math.abs(skewMs) / 1000;
  const found = `this machine is ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s ${skewMs > 0 ? "behind" : "ahead of"} the API`;
  if (Math.abs(skewMs) <= maxSkewMs) {
    return { name: "clock", status: "ok", found: seconds < 2 ? "agrees with the API's" : found };
  }
  return {
    name: "clock",
    status: "warning",
    found,
    advice: "Set this machine's clock (NTP): `before` times and waits for the rate limit are reckoned by it.",
  };
}

/** Below these a day's work runs out: of what the hour gives, and of requests, since few are soon spent. */
const lowRateLimitShare = 0.1;
const lowRateLimit = 25;

export function checkRateLimit(rateLimit: RateLimit | null): Check {
  const { limit, remaining, resetAt } = rateLimit ?? {};
  if (typeof remaining !== "number") {
    return {
      name: "rate limit",
      status: "ok",
      found: "this API does not tell what is left; the documented ceiling is 1,000 requests an hour for the whole org",
    };
  }
  const found = `${remaining}${typeof limit === "number" ? ` of ${limit}` : ""} requests left${resetAt ? `, full again at ${resetAt}` : ""}`;
  const low = remaining < lowRateLimit || (typeof limit === "number" && remaining <= limit * lowRateLimitShare);
  if (!low) return { name: "rate limit", status: "ok", found };
  return {
    name: "rate limit",
    status: remaining === 0 ? "failed" : "warning",
    found,
    advice: `Hold back imports and polling${resetAt ? ` until ${resetAt}` : ""}. All keys of the org share it: find what spends it (4xx answers count), or ask support@onsync.com for a higher ceiling.`,
  };
}

/** The first answer, which proves address and key; `null`: no use going on. */
async function makeFirstRequest(
  { onsync, now, signal }: ExaminationOptions,
  checks: Check[],
): Promise<AccountCheck | null> {
  const startedAt = now();
  const answered = (): Check => ({
    name: "API",
    status: "ok",
    found: `${onsync.baseUrl} answers in ${Math.round(now() - startedAt)} ms`,
  });
  try {
    const check = await onsync.account.check({ ...(signal && { signal }) });
    checks.push(answered());
    const { account } = check;
    const whose = account ? `, ${account.keyPrefix}… of ${account.org.name}` : "";
    checks.push({ name: "key", status: "ok", found: `accepted${whose}` });
    return check;
  } catch (error) {
    if (isErrorNamed(error, "AuthenticationError")) checks.push(answered(), createFailedCheck("key", error));
    else if (isErrorNamed(error, "RateLimitError")) checks.push(answered(), createFailedCheck("rate limit", error));
    else {
      const { found, ...check } = createFailedCheck("API", error);
      checks.push({ ...check, found: `${onsync.baseUrl}: ${found}` });
    }
    return null;
  }
}

/** Every check in turn, as they are made. What makes the rest pointless ends the examination. */
export async function* examine(subject: ExaminationOptions): AsyncGenerator<Check, void, undefined> {
  const { onsync, signal } = subject;
  const options = { ...(signal && { signal }) };
  const first: Check[] = [];
  const answer = await makeFirstRequest(subject, first);
  yield* first;
  const skewMs = subject.skewMs();
  if (skewMs !== null) yield checkClock(skewMs);
  if (!answer) return;

  const { account } = answer;
  const webhooks = onsync.webhooks.list(options);
  // Whoever awaits it sees the error; until then it is nobody's.
  webhooks.catch(() => {});
  yield* await catchFailedChecks("scopes", async () => [
    account ? checkScopes(account.scopes) : await probeScopes(onsync, webhooks, options),
  ]);
  yield* await catchFailedChecks("extensions", () => checkExtensions(onsync, account !== null, options));
  yield* await catchFailedChecks("webhooks", async () => checkWebhooks((await webhooks).data));
  // Last, so that it counts what the examination itself spent.
  yield checkRateLimit(onsync.rateLimit);
}

async function catchFailedChecks(name: Check["name"], make: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    if (name === "webhooks" && isErrorNamed(error, "PermissionError")) {
      return [
        {
          name,
          status: "warning",
          found: "the key may not list them",
          advice: "Grant it read:webhooks under Settings → API & Webhooks in OnSync to have them checked.",
        },
      ];
    }
    return [createFailedCheck(name, error)];
  }
}
