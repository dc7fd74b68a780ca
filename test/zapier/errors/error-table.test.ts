/**
 * Every error that a step can end in, each as long as it can be: what Zapier does about it, and that all of it fits into the
 * 250 characters that Zapier shows, the fix whole.
 */
import { describe, expect, test } from "@jest/globals";
import zapier, { type Bundle, type ZObject } from "zapier-platform-core";
import App from "../../../index.ts";
import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  DuplicateError,
  ExtensionUnavailableError,
  NotFoundError,
  type OnSyncError,
  PermissionError,
  RateLimitError,
  ReferenceConflictError,
  ServerError,
  TimeoutError,
  UnknownOutcomeError,
  ValidationError,
  WindowClosedError,
} from "../../../src/client/errors/index.ts";
import { type ErrorTexts, toZapierError } from "../../../zapier/errors.ts";
import { startZap, type Zap } from "../harness.ts";

const zapierMax = 250;
const requestId = `req_${"0".repeat(26)}`;
const long = "The API has a lot to say about this, and says it all. ".repeat(18).trim();
const z = { errors: zapier.errors, console: { error: () => {} } } as unknown as ZObject;
const bundle = { inputData: {}, subscribeData: { secret: "whsec_of_the_subscription" } } as unknown as Bundle;
const contactIds = ["a", "b", "c", "d"].map((letter) => `contact_${letter.repeat(26)}`);

function api(status: number, code: string, more: object = {}) {
  return { status, code, method: "POST", path: "/contacts", requestId, fromApi: true, ...more };
}

/** A finding of the API about one field. */
function finding(field: string, message = long) {
  return { path: [field], code: "custom", message };
}

type Case = { error: OnSyncError | Error; name: string; fix: string; texts?: ErrorTexts };

const cases: Record<string, Case> = {
  "the key is wrong": {
    error: new AuthenticationError(long, api(401, "invalid_api_key")),
    name: "ExpiredAuthError",
    fix: "reconnect OnSync with it",
  },
  "the key lacks a scope": {
    error: new PermissionError(long, { ...api(403, "insufficient_scope"), scope: "write:messages" }),
    name: "AppError",
    fix: "grant it write:messages, and run the Zap again",
  },
  "the key lacks something that nobody names": {
    error: new PermissionError(long, { ...api(403, "insufficient_scope"), scope: null }),
    name: "AppError",
    fix: "and run the Zap again",
  },
  "a field is wrong, at length": {
    error: new ValidationError(long, api(400, "validation_failed", { details: [finding("phone")] })),
    name: "HaltedError",
    fix: "Phone: The API has a lot to say",
    texts: { labels: { phone: "Phone" } },
  },
  "many fields are wrong": {
    error: new ValidationError(
      long,
      api(400, "validation_failed", {
        details: ["phone", "email", "firstName", "lastName", "tags", "channel"].map((field) =>
          finding(field, "must be something that takes forty characters"),
        ),
      }),
    ),
    name: "HaltedError",
    fix: "and 3 more",
    texts: { labels: { phone: "Phone", email: "Email" } },
  },
  "something is wrong, and no field is named": {
    error: new ValidationError(long, api(400, "validation_failed")),
    name: "HaltedError",
    fix: "OnSync cannot take this",
  },
  "a gateway answers 400": {
    error: new ValidationError(long, { ...api(400, "unknown"), fromApi: false }),
    name: "AppError",
    fix: "OnSync cannot take this",
  },
  "the template does not fit": {
    error: new ValidationError(long, api(400, "template_rejected")),
    name: "HaltedError",
    fix: "Choose an approved template, and give one value for each of its variables",
  },
  "the window is closed": {
    error: new WindowClosedError(long, { ...api(400, "outside_messaging_window"), window: null }),
    name: "HaltedError",
    fix: "Use the Send WhatsApp Template action, or choose Send a Template Instead in this step",
  },
  "the contact is another's": {
    error: new DuplicateError(long, { ...api(409, "duplicate"), contactIds: contactIds.slice(0, 2) }),
    name: "HaltedError",
    fix: `Use the Update Contact action with the one you mean`,
  },
  "the contact is four others'": {
    error: new DuplicateError(long, { ...api(409, "duplicate"), contactIds }),
    name: "HaltedError",
    fix: "Use the Update Contact action with the one you mean",
  },
  "there is no such object": {
    error: new NotFoundError(long, api(404, "not_found")),
    name: "HaltedError",
    fix: "Check the id",
  },
  "there is no such address": {
    error: new NotFoundError(long, api(404, "unknown_endpoint")),
    name: "AppError",
    fix: "check the base URL",
  },
  "a framework answers 404": {
    error: new NotFoundError(long, { ...api(404, "Not Found"), fromApi: false }),
    name: "AppError",
    fix: "check the base URL",
  },
  "the request is too large": {
    error: new ApiError(long, api(413, "payload_too_large", { advice: "Make it smaller: a request may have 1 MiB." })),
    name: "HaltedError",
    fix: "Make it smaller",
  },
  "another status": {
    error: new ApiError(long, api(418, "teapot", { advice: long })),
    name: "AppError",
    fix: "The API has a lot to say",
  },
  "the hour is spent": {
    error: new RateLimitError(long, {
      ...api(429, "rate_limited", { retryAfterMs: 3_599_000 }),
      limit: 1000,
      remaining: 0,
      resetAt: null,
    }),
    name: "ThrottledError",
    fix: "Zapier tries again",
  },
  "OnSync fails": {
    error: new ServerError(long, api(500, "internal")),
    name: "AppError",
    fix: `write to support@onsync.com with request id ${requestId}`,
  },
  "a gateway's request id is a novel": {
    error: new ServerError("Bad gateway", api(502, "unknown", { requestId: long })),
    name: "AppError",
    fix: "Try again in a minute",
  },
  "nothing is reached": {
    error: new ConnectionError(long, { sent: false }),
    name: "AppError",
    fix: "nothing reached OnSync",
  },
  "the connection breaks": {
    error: new ConnectionError(long, { sent: "unknown" }),
    name: "AppError",
    fix: "Try again: the connection broke",
  },
  "time runs out": { error: new TimeoutError(long, { sent: "unknown" }), name: "AppError", fix: "Try again" },
  "a send's outcome is unknown": {
    error: new UnknownOutcomeError(long, {
      requestId,
      clientReference: "0".repeat(200),
      conversationId: "whatsapp:+971500000000",
    }),
    name: "HaltedError",
    fix: "does not send it twice",
    texts: { replayLooksFirst: true },
  },
  "a send's outcome is unknown, in a conversation with a long name": {
    error: new UnknownOutcomeError(long, {
      requestId,
      clientReference: "0".repeat(200),
      conversationId: `instagram:${"9".repeat(100)}`,
    }),
    name: "HaltedError",
    fix: "Do not replay this run before you have looked.",
  },
  "a subscription's outcome is unknown": {
    error: new UnknownOutcomeError(long, { requestId, advice: long }),
    name: "HaltedError",
    fix: "The API has a lot to say",
  },
  "a reference is another message's": {
    error: new ReferenceConflictError(long, {
      requestId,
      clientReference: "0".repeat(200),
      messageId: `msg_${"0".repeat(26)}`,
      conversationId: "whatsapp:+971500000000",
    }),
    name: "HaltedError",
    fix: "Nothing was sent",
  },
  "an extension is missing": {
    error: new ExtensionUnavailableError(long, { extension: "GET /contacts", requestId }),
    name: "AppError",
    fix: "does not offer what this step needs",
  },
  "the app has a fault": { error: new TypeError(long), name: "AppError", fix: "write to support@onsync.com" },
};

/** What Zapier shows: the text of the errors that carry JSON stands in it. */
function read(error: Error): string {
  try {
    return JSON.parse(error.message).message;
  } catch {
    return error.message;
  }
}

test.each(Object.entries(cases))(
  "%s: it fits, with the fix, and does what it should",
  (_what, { error, ...expected }) => {
    const { texts, fix, name } = expected;
    const shown = toZapierError(z, bundle, error, texts);
    expect(shown.name).toBe(name);
    expect(shown).toMatchObject({ doNotContextify: true });
    expect(read(shown)).toContain(fix);
    expect(read(shown).length).toBeLessThanOrEqual(zapierMax);
  },
);

test("every class of the client's errors has a row", async () => {
  const classes: object = await import("../../../src/client/errors/index.ts");
  const untried = Object.entries(classes)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name)
    // The root is never thrown, and no step verifies a signature by throwing.
    .filter((name) => !["OnSyncError", "SignatureError"].includes(name))
    .filter((name) => !Object.values(cases).some(({ error }) => error.name === name));
  expect(untried).toEqual([]);
});

test("a secret that stands where the text is cut does not show in part", () => {
  const secret = "whsec_of_the_subscription";
  for (let before = 100; before < 260; before++) {
    const error = new ValidationError(
      "no",
      api(400, "validation_failed", { details: [finding("phone", "x".repeat(before) + secret)] }),
    );
    expect(read(toZapierError(z, bundle, error))).not.toContain("whsec");
  }
});

describe("what the actions and searches say in words of their own", () => {
  const items = (["creates", "searches"] as const).flatMap((kind) =>
    Object.keys(App[kind]).map((key) => `${kind}.${key}`),
  );

  test.each(items)("%s, with nothing filled in and with nothing to search with, fits", async (step) => {
    let plain: Zap | undefined;
    try {
      plain = await startZap({ extensions: false });
      const fields = [{}, { phone: "+971500000000" }, { email: "sara@example.com", externalId: "crm_8740" }];
      for (const inputData of fields) {
        const text = await plain.run(`${step}.operation.perform`, { inputData }).then(
          () => "",
          (error: Error) => read(error),
        );
        // A request id may stand behind it.
        expect(text.length).toBeLessThanOrEqual(zapierMax);
      }
    } finally {
      await plain?.close();
    }
  });
});
