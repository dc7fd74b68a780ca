/** Runs an attack on a face of the server, against the reference API. */
import { createReference } from "../../reference/index.ts";
import { createOnSync, type OnSync } from "../../src/client/index.ts";
import { fetchTransport } from "../../src/client/transport/fetch.ts";
import type { Attack, Holdings, Said } from "./attack.ts";
import { type FaceName, openInProcess, openProcesses } from "./face.ts";
import { judge } from "./judge.ts";

async function look(onsync: OnSync): Promise<Holdings> {
  const ids = (await onsync.conversations.list({ limit: 100 })).data.map(({ id }) => id);
  const histories = await Promise.all(ids.map(async (id) => [id, (await onsync.messages.list(id)).data] as const));
  return {
    contacts: (await onsync.contacts.list({ limit: 100 })).data,
    webhooks: (await onsync.webhooks.list()).data,
    conversations: Object.fromEntries(histories),
  };
}

function toSaid({ content, structuredContent, isError }: Record<string, unknown>): Said {
  const text = (content as { text?: string }[]).map((block) => block.text ?? "").join("\n");
  return { text, data: structuredContent, isError: isError === true };
}

/** @returns the harm that was done, in words */
export async function runAttack(attack: Attack, face: FaceName): Promise<string[]> {
  const { safety = {}, contacts = [], inbound = [], webhooks = [] } = attack;
  const reference = createReference();
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
  });
  const listening = face === "in process" ? undefined : await reference.listen(0);
  try {
    const ids: string[] = [];
    for (const contact of contacts) ids.push((await onsync.contacts.save(contact)).id);
    for (const message of inbound) await reference.control.inbound(message as never);
    for (const webhook of webhooks) ids.push((await onsync.webhooks.create(webhook as never)).id);
    const before = await look(onsync);
    const server = listening
      ? await openProcesses(face, { baseUrl: listening.url, key: reference.key }, safety)
      : await openInProcess(onsync, safety);
    const said: Said[] = [];
    try {
      for (const [index, step] of attack.calls.entries()) {
        const [name, args] = typeof step === "function" ? step(said, ids) : step;
        const client = server.clients[index % server.clients.length];
        said.push(toSaid((await client?.callTool({ name, arguments: args })) as Record<string, unknown>));
      }
    } finally {
      await server.close();
    }
    return judge(attack, before, await look(onsync), said);
  } finally {
    await listening?.close();
    await reference.close();
  }
}
