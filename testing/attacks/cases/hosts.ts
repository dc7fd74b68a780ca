/**
 * Attacks from beside the conversation: pages of other origins, bodies that never come, records that are none, hosts that
 * can do less than others.
 */
import { createMcpHttp } from "../../../mcp/index.ts";
import { tools } from "../../../mcp/tools/index.ts";
import { createReference } from "../../../reference/index.ts";
import { samples } from "../../../src/api/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import type { ServerAttack } from "../attack.ts";
import { openInProcess } from "../face.ts";
import { createPost } from "../http-call.ts";

const call = (name: string, args: object): string =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } });

function openAccount() {
  const reference = createReference();
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
  });
  return { reference, onsync, [Symbol.asyncDispose]: () => reference.close() };
}

const origins = [
  "http://localhost:6274",
  "http://127.0.0.1:4021",
  "https://127.0.0.1:4020",
  "https://evil.example",
  "null",
];

const pageAttacks = origins.map(
  (origin): ServerAttack => ({
    kind: "hosts",
    name: `a page of ${origin} has a server without a token write a contact`,
    async run() {
      await using account = openAccount();
      const http = createMcpHttp({ onsync: account.onsync });
      const body = call("save_contact", { phone: "+971500000009", firstName: "Mallory" });
      // The second a browser sends without asking first.
      for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"])
        await http.fetch(createPost({ origin, "content-type": type }, body));
      return (await account.onsync.contacts.list({})).data.map(({ firstName }) => `wrote the contact ${firstName}`);
    },
  }),
);

const oddRecords: [what: string, record: unknown][] = [
  ["null", null],
  ["a text", "contact"],
  ["a contact without an id", { ...samples.contact, id: undefined }],
  ["a contact whose tags are a text", { ...samples.contact, tags: "lead" }],
  ["a contact of lists within lists", { ...samples.contact, properties: { a: [[[[[[[["deep"]]]]]]]] } }],
];

const oddAttacks = oddRecords.map(
  ([what, record]): ServerAttack => ({
    kind: "hosts",
    name: `${what} among the records hides the others`,
    async run() {
      await using account = openAccount();
      const { contacts } = account.onsync;
      const list: typeof contacts.list = async (query, options) => ({
        ...(await contacts.list(query, options)),
        data: [record as never, samples.contact],
      });
      const face = await openInProcess({ ...account.onsync, contacts: { ...contacts, list } }, {});
      try {
        const answer = await face.clients[0]?.callTool({ name: "find_contacts", arguments: {} });
        return JSON.stringify(answer).includes(samples.contact.id) ? [] : ["kept an agent from the good record"];
      } finally {
        await face.close();
      }
    },
  }),
);

/** The fields of a definition that say what a call may do. */
function findLies(): string[] {
  return tools.flatMap(({ definition: { name, annotations }, operation }) => {
    const { readOnlyHint, destructiveHint } = annotations;
    const lies = [
      ...(readOnlyHint !== (operation.effect === "reads") ? [`${name} says of itself that it only reads`] : []),
      ...(!destructiveHint && /^(?:save|update|delete|send)_/.test(name)
        ? [`${name} says that it destroys nothing`]
        : []),
    ];
    return lies;
  });
}

export const hostAttacks: ServerAttack[] = [
  ...pageAttacks,
  {
    kind: "hosts",
    name: "a body that never ends holds a request for good",
    async run() {
      await using account = openAccount();
      let waits = 0;
      const sleep = async () => void waits++;
      const http = createMcpHttp({ onsync: account.onsync, sleep });
      const start = new TextEncoder().encode('{"jsonrpc":');
      const body = new ReadableStream({ start: (controller) => controller.enqueue(start) });
      const { status } = await http.fetch(createPost({}, body));
      return status === 408 && waits > 0 ? [] : [`waited, and answered ${status}`];
    },
  },
  ...oddAttacks,
  {
    kind: "hosts",
    name: "a host that can only open addresses for its person says that it can ask, and nothing confirmed goes out",
    async run() {
      await using account = openAccount();
      await account.reference.control.inbound({ platform: "telegram", from: "77", content: "Hello" });
      const face = await openInProcess(account.onsync, { send: "confirm" }, { elicitation: { url: {} } });
      try {
        const message = { platform: "telegram", to: "77", content: "Hi" };
        const preview = await face.clients[0]?.callTool({ name: "send_message", arguments: message });
        const { confirmToken } = (preview?.structuredContent ?? {}) as { confirmToken?: string };
        await face.clients[0]?.callTool({ name: "send_message", arguments: { ...message, confirmToken } });
      } finally {
        await face.close();
      }
      const { data } = await account.onsync.messages.list("telegram:77");
      return data.some(({ content }) => content === "Hi") ? [] : ["kept a confirmed message from going out"];
    },
  },
  {
    kind: "hosts",
    name: "a tool that replaces or clears calls itself harmless, so that a host asks nobody",
    run: async () => findLies(),
  },
  {
    kind: "hosts",
    name: "a model waits for events where none can come",
    async run() {
      await using account = openAccount();
      const face = await openInProcess(account.onsync, {});
      try {
        const { tools: listed = [] } = (await face.clients[0]?.listTools()) ?? {};
        return listed.some(({ name }) => name === "wait_for_events") ? ["offers to wait for what never comes"] : [];
      } finally {
        await face.close();
      }
    },
  },
];
