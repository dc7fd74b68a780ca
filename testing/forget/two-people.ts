/** Two people whose phone numbers begin alike, in an OnSync, a receiver's event file and a send ledger: one is to be forgotten. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createReference, type Reference, type ReferenceOptions } from "../../reference/index.ts";
import { createOnSync, type OnSync } from "../../src/client/index.ts";
import { fetchTransport } from "../../src/client/transport/fetch.ts";
import { openLedger } from "../../src/ledger/index.ts";
import { createProposals } from "../../src/proposals/proposals.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";

export type Someone = { firstName: string; lastName: string; phone: string; email: string; words: string[] };

export const sara: Someone = {
  firstName: "Sarabeth-Quill",
  lastName: "Hüsséin-Zzyzx",
  phone: "+97150123456",
  email: "sara.quill@zzyzx.example",
  words: ["my order 99017-Q is late", "sent words for Sarabeth 0xBEEF", "waiting words for her 0xCAFE"],
};
/** Her number with one digit more. */
export const omar: Someone = {
  firstName: "Omarion-Vex",
  lastName: "Nassér-Wyvern",
  phone: "+971501234567",
  email: "omar.vex@wyvern.example",
  words: ["is the shop open 44812-V", "sent words for Omarion 0xF00D", "waiting words for him 0xD00D"],
};

export type World = {
  reference: Reference;
  url: string;
  events: string;
  ledger: string;
  ids: { sara: string; omar: string };
  [Symbol.asyncDispose](): Promise<void>;
};

/** @param folder where the files are */
export async function createWorld(folder: string, options: ReferenceOptions = {}): Promise<World> {
  const events = join(folder, "events.db");
  const ledgerFile = join(folder, "sends.db");
  const store = openSqliteStore({ file: events });
  const reference = createReference({ ...options, deliver: (request) => keep(store, request.body) });
  const { url } = await reference.listen();
  const ledger = await openLedger(ledgerFile);
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: url,
    transport: fetchTransport((request) => reference.fetch(request)),
    ledger,
  });
  await onsync.webhooks.create({
    url: "https://example.com/hooks",
    events: [
      "message.created",
      "message.updated",
      "contact.created",
      "contact.updated",
      "conversation.assigned",
      "conversation.resolved",
    ],
  });
  const ids = { sara: await meet(reference, onsync, sara), omar: await meet(reference, onsync, omar) };
  for (const { phone, words } of [sara, omar]) {
    const input = { platform: "whatsapp", to: phone, messageType: "text", content: words[2] as string };
    const proposal = { org: "", sendScope: onsync.baseUrl, operation: "send_message", input, proposedBy: null };
    const { status } = await createProposals(ledger).propose(proposal, async () => {});
    await createProposals(ledger).decide(status.proposal.id, {
      ...{ by: "operator", in: "terminal", at: new Date().toISOString() },
      ...{ approved: false, reason: words[1] as string },
    });
  }
  await reference.settled();
  await ledger.close();
  await store.close();
  return { reference, url, events, ledger: ledgerFile, ids, [Symbol.asyncDispose]: () => reference.close() };
}

async function keep(store: EventStore, body: string) {
  await store.accept({ event: JSON.parse(body), body });
  return { status: 200, headers: {}, body: "" };
}

/** They write, are written to, move to another number and back, and are resolved. */
async function meet({ control }: Reference, onsync: OnSync, { firstName, lastName, phone, email, words }: Someone) {
  const { id } = await onsync.contacts.save({
    ...{ firstName, lastName, phone, email, tags: ["lead"], channel: "whatsapp" as const },
    properties: { externalId: `crm-${firstName}`, note: `${firstName} likes tea` },
  });
  await control.inbound({ platform: "whatsapp", from: phone, content: words[0] as string });
  const sent = await onsync.messages.send({
    ...{ platform: "whatsapp", to: phone, messageType: "text", content: words[1] as string },
    metadata: { clientReference: `welcome-${id}` },
  });
  await control.setMessageStatus(sent.id, { status: "delivered" });
  await control.resolve(sent.conversationId);
  return id;
}

/** All that tells a person, as bytes: by which files are searched. */
export function listTraces({ firstName, lastName, phone, email, words }: Someone): string[] {
  return [firstName, lastName, phone.slice(1), email, ...words, `crm-${firstName}`];
}

/** How often each of them stands in any file below a folder, as bytes: a number is not found in a longer one. */
export function countTraces(folder: string, someone: Someone): Record<string, number> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const contents = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)).toString("latin1"));
  return Object.fromEntries(
    listTraces(someone).map((trace) => [trace, contents.reduce((sum, content) => sum + countWord(content, trace), 0)]),
  );
}

function countWord(content: string, trace: string): number {
  const bytes = Buffer.from(trace, "utf8").toString("latin1");
  let count = 0;
  for (let at = content.indexOf(bytes); at !== -1; at = content.indexOf(bytes, at + 1))
    if (!/\d/.test(`${content[at - 1] ?? ""}${content[at + bytes.length] ?? ""}`)) count += 1;
  return count;
}

/** The bodies in an event file, in the order of the log. */
export async function readFileEvents(file: string): Promise<string[]> {
  const store = openSqliteStore({ file, claim: false });
  const { events } = await store.read({ after: 0, limit: 10_000 });
  await store.close();
  return events.map(({ body }) => body);
}
