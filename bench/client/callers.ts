/** Who calls: ours, the client under it bare, other HTTP clients, and other vendors' clients of the same kind. */
import { Agent } from "node:http";
import { join } from "node:path";
import { Pool } from "undici";
import { samples } from "../../src/api/index.ts";
import { createOnSync } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { peersFolder, requirePeer } from "../harness/peers.ts";
import { type CallName, requests } from "./requests.ts";

export const connections = 64;
const apiKey = "bench-key";
const { contact, textInput, sentMessage } = samples;
const contactInput = { phone: contact.phone, firstName: contact.firstName };
const headers = { authorization: `Bearer ${apiKey}`, accept: "application/json", "user-agent": "bench" };
const jsonHeaders = { ...headers, "content-type": "application/json" };

type Call = (name: CallName) => Promise<unknown>;

function readInput(name: CallName): object | undefined {
  if (requests[name].method === "GET") return undefined;
  return name === "save" ? contactInput : textInput;
}

function callBare(origin: string): Call {
  const pool = new Pool(origin, { connections });
  return async (name) => {
    const { method, path } = requests[name];
    const input = readInput(name);
    const { body } = await pool.request(
      input ? { method, path, headers: jsonHeaders, body: JSON.stringify(input) } : { method, path, headers },
    );
    return JSON.parse(await body.text());
  };
}

function callOurs(origin: string, isChecked: boolean): Call {
  const onDrift = ({ issues }: { issues: unknown }) => console.error("The answers differ from their schema:", issues);
  const transport = undiciTransport({ connections });
  const onsync = createOnSync({ apiKey, baseUrl: `${origin}/v1`, transport, ...(isChecked && { onDrift }) });
  const calls: Record<CallName, () => Promise<unknown>> = {
    get: () => onsync.contacts.get(contact.id),
    list: () => onsync.contacts.list({ limit: 100 }),
    history: () => onsync.messages.list(sentMessage.conversationId, { limit: 50 }),
    save: () => onsync.contacts.save(contactInput),
    send: () => onsync.messages.send(textInput),
  };
  return (name) => calls[name]();
}

function callFetch(origin: string): Call {
  return async (name) => {
    const { method, path } = requests[name];
    const input = readInput(name);
    const sent = input ? { headers: jsonHeaders, body: JSON.stringify(input) } : { headers };
    return (await fetch(`${origin}${path}`, { method, ...sent })).json();
  };
}

function callAxios(origin: string): Call {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: connections });
  const client = requirePeer("axios").create({ baseURL: origin, headers, httpAgent });
  return (name) => client.request({ method: requests[name].method, url: requests[name].path, data: readInput(name) });
}

async function callGot(origin: string): Promise<Call> {
  const { default: got } = await import(join(peersFolder, "node_modules/got/dist/source/index.js"));
  const http = new Agent({ keepAlive: true, maxSockets: connections });
  const client = got.extend({ headers, retry: { limit: 0 }, agent: { http } });
  return (name) => {
    const { method, path } = requests[name];
    return client(`${origin}${path}`, { method, json: readInput(name) }).json();
  };
}

function callOpenai(origin: string): Call {
  const OpenAI = requirePeer("openai").default;
  const client = new OpenAI({ apiKey, baseURL: origin, maxRetries: 0 });
  return (name) =>
    client.request({ method: requests[name].method.toLowerCase(), path: requests[name].path, body: readInput(name) });
}

function callStripe(origin: string): Call {
  const { hostname: host, port } = new URL(origin);
  const httpAgent = new Agent({ keepAlive: true, maxSockets: connections });
  const options = { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false, httpAgent };
  const client = new (requirePeer("stripe"))("sk_test_bench", options);
  return (name) => client.rawRequest(requests[name].method, requests[name].path, readInput(name) ?? {});
}

function callNotion(origin: string): Call {
  const { Client } = requirePeer("@notionhq/client");
  const client = new Client({ auth: apiKey, baseUrl: origin });
  return (name) =>
    client.request({
      ...{ method: requests[name].method.toLowerCase(), path: requests[name].path.slice("/v1/".length) },
      body: readInput(name),
    });
}

type Caller = {
  /** As the page has it. */
  name: string;
  connect: (origin: string) => Call | Promise<Call>;
  /** A peer's package: measured with two of the calls. */
  package?: string;
};

/** So many are the base and the client. */
export const ownCallers = 3;

/** The base first, then the client. */
export const callers: readonly Caller[] = [
  { name: "`Pool.request` and `JSON.parse`", connect: callBare },
  { name: "the client", connect: (origin) => callOurs(origin, false) },
  { name: "the client with `onDrift`", connect: (origin) => callOurs(origin, true) },
  { name: "fetch", connect: callFetch },
  { name: "axios", package: "axios", connect: callAxios },
  { name: "got", package: "got", connect: callGot },
  { name: "openai", package: "openai", connect: callOpenai },
  { name: "stripe", package: "stripe", connect: callStripe },
  { name: "@notionhq/client", package: "@notionhq/client", connect: callNotion },
];
