/** A support team's inbox on the reference API: sixty customers, two days of messages, 150 leads. Its clock stands still at the end. */
import { createReference, type Reference } from "../../reference/index.ts";

export const halfHourMs = 1_800_000;

async function ask(reference: Reference, path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${reference.key}`, "content-type": "application/json" };
  const init = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
  return reference.fetch(new Request(`http://127.0.0.1/v1${path}`, init));
}

export async function read(reference: Reference, path: string): Promise<Record<string, unknown>[]> {
  return ((await (await ask(reference, path)).json()) as { data: Record<string, unknown>[] }).data;
}

/** Creates or updates a contact. */
export async function saveContact(reference: Reference, contact: object): Promise<Record<string, unknown>> {
  return (await (await ask(reference, "/contacts", contact)).json()) as Record<string, unknown>;
}

/** The contact with this phone or e-mail address, such as `email=a@example.com`. */
export async function readContact(reference: Reference, by: string): Promise<Record<string, unknown> | undefined> {
  return (await read(reference, `/contacts?${by.replace("+", "%2B")}`))[0];
}

export function readHistory(reference: Reference, conversationId: string): Promise<Record<string, unknown>[]> {
  return read(reference, `/conversations/${encodeURIComponent(conversationId)}/messages?limit=100`);
}

export async function sendText(reference: Reference, to: string, content: string): Promise<string> {
  const message = { platform: "whatsapp", to, messageType: "text", content };
  return ((await (await ask(reference, "/messaging/send", message)).json()) as { id: string }).id;
}

export async function addWebhook(reference: Reference, url: string, secret: string): Promise<void> {
  const { status } = await ask(reference, "/webhooks", { url, secret, events: ["message.created"] });
  if (status !== 201) throw new Error(`The webhook was refused with ${status}.`);
}

/** All that a task could have changed: contacts and conversations, the latest message of which stands in its times. */
export async function readAccount(reference: Reference): Promise<string> {
  const contacts = await read(reference, "/contacts?query=&limit=100");
  return JSON.stringify([contacts, await read(reference, "/conversations?limit=100")]);
}

/** What is left of the hour's requests, the one that asks included. */
export async function readBudget(reference: Reference): Promise<number> {
  const { headers } = await ask(reference, "/me");
  return Number(/r=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1]);
}

export function toPhone(index: number): string {
  return `+9715000001${String(index).padStart(2, "0")}`;
}

export async function openInbox(): Promise<Reference> {
  const reference = createReference({ rateLimit: 1_000_000 });
  const { control } = reference;
  // Sixty half hours before now, so that the servers' own clocks agree with it about which windows are open.
  await control.clock({ now: new Date(Date.now() - 60 * halfHourMs).toISOString(), freeze: true });
  await control.templates.save({
    name: "parcel",
    components: [
      { type: "HEADER", format: "IMAGE" },
      { type: "BODY", text: "Hi {{1}}" },
    ],
  });
  for (let index = 0; index < 60; index++) {
    const content = index % 4 === 1 ? "What is the price of the blue one?" : `Where is order ${index}?`;
    await control.inbound({ platform: "whatsapp", from: toPhone(index), content, name: `Sara N${index}` });
    if (index % 2 === 0) await sendText(reference, toPhone(index), "On its way.");
    await control.clock({ advanceMs: halfHourMs });
  }
  for (let index = 0; index < 150; index++)
    await saveContact(reference, {
      email: `lead${index}@example.com`,
      firstName: `Lead${index}`,
      tags: [index % 12 === 0 ? "expo" : "other"],
    });
  return reference;
}
