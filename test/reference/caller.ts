/** Requests to a reference in process, in the few words a test needs. */
import { createReference, type Reference, type ReferenceOptions } from "../../reference/index.ts";

/** A time to start from: a Sunday, 11:00 UTC. */
export const start = Date.parse("2024-12-01T11:00:00.000Z");

/** JSON as it comes: tests look into bodies freely, and assert what they find. */
export type Body = ReturnType<typeof JSON.parse>;
export type Answer = { status: number; headers: Headers; body: Body; text: string };
export type CallOptions = {
  key?: string | null;
  token?: string | null;
  headers?: Record<string, string>;
  raw?: string;
};

/** With the key on the API, with the control token on the control API and the console, unless told otherwise. */
export async function call(
  reference: Pick<Reference, "fetch" | "key" | "controlToken">,
  method: string,
  path: string,
  body?: unknown,
  { key = reference.key, token = reference.controlToken, headers = {}, raw }: CallOptions = {},
): Promise<Answer> {
  const shown = /^\/_con(trol|sole)\//.test(path) ? token : key;
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await reference.fetch(
    new Request(`http://127.0.0.1${path}`, {
      method,
      headers: {
        ...(shown === null ? {} : { Authorization: `Bearer ${shown}` }),
        ...(sent === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    }),
  );
  const text = await response.text();
  let parsed: Body;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, body: parsed, text };
}

/** A reference whose clock stands still at {@link start}; `later(ms)` moves it on. */
export function still(options: ReferenceOptions = {}) {
  const reference = createReference({ clock: () => start, random: () => 0.5, ...options });
  return {
    reference,
    call: (method: string, path: string, body?: unknown, more?: CallOptions) =>
      call(reference, method, path, body, more),
    later: (advanceMs: number) => reference.control.clock({ advanceMs }),
    inbound: (content = "Hi", from = "+971500000000") =>
      reference.control.inbound({ platform: "whatsapp", from, content }),
    [Symbol.asyncDispose]: () => reference.close(),
  };
}

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
