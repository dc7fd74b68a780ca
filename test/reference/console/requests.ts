/** Requests to the console in process, with the control token. */
import { createReference, type Reference, type ReferenceOptions } from "../../../reference/index.ts";

export const origin = "http://127.0.0.1:4010";

export function open(options: ReferenceOptions = {}): Reference {
  return createReference({ control: true, ...options });
}

export function bearer({ controlToken }: Reference) {
  return { Authorization: `Bearer ${controlToken}` };
}

export async function get(reference: Reference, path: string, headers: Record<string, string> = {}) {
  const response = await reference.fetch(new Request(origin + path, { headers: { ...bearer(reference), ...headers } }));
  return { response, status: response.status, body: (await response.json()) as Record<string, never> };
}

export async function post(reference: Reference, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await reference.fetch(
    new Request(origin + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...bearer(reference), ...headers },
      body: JSON.stringify(body),
    }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

export const sara = { platform: "whatsapp", from: "+971500000000", content: "Hi", name: "Sara Hussein" } as const;
export const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Welcome." };
