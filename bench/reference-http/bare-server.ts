/** The least that a server of these endpoints can be: `node:http`, zod and maps in memory. No log, no limits, no events. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ContactInput, MessageInput } from "../../src/api/index.ts";
import { key } from "./cases.ts";

type Contact = Record<string, unknown> & { id: string; phone: string };

const byId = new Map<string, Contact>();
const byPhone = new Map<string, Contact>();
const messages: Record<string, unknown>[] = [];
let requests = 0;

function saveContact(body: unknown): [status: number, contact: Contact] {
  const { properties, ...fields } = ContactInput.parse(body);
  const phone = fields.phone as string;
  const now = new Date().toISOString();
  const known = byPhone.get(phone);
  const contact: Contact = {
    ...(known ?? {
      id: `contact_${byId.size}`,
      email: null,
      tags: [],
      channel: null,
      orgId: "org_bench",
      createdAt: now,
    }),
    ...fields,
    phone,
    properties: { ...(known?.properties as object | undefined), ...properties },
    updatedAt: now,
  };
  byId.set(contact.id, contact);
  byPhone.set(phone, contact);
  return [known ? 200 : 201, contact];
}

function sendMessage(body: unknown): [status: number, message: object] {
  const { platform, to, messageType, ...input } = MessageInput.parse(body);
  const message = {
    id: `msg_${messages.length}`,
    conversationId: `${platform}:${to}`,
    platform,
    to,
    type: messageType,
    direction: "outbound",
    status: "queued",
    content: "content" in input ? input.content : null,
    metadata: input.metadata ?? {},
    createdAt: new Date().toISOString(),
  };
  messages.push(message);
  return [201, message];
}

function answer(request: IncomingMessage, body: string): [status: number, body: object] {
  const { pathname, searchParams } = new URL(request.url as string, "http://127.0.0.1");
  if (request.headers.authorization !== `Bearer ${key}`) return [401, {}];
  if (request.method === "POST" && pathname === "/v1/contacts") return saveContact(JSON.parse(body));
  if (request.method === "POST" && pathname === "/v1/messaging/send") return sendMessage(JSON.parse(body));
  if (pathname === "/v1/contacts")
    return [200, { data: [byPhone.get(searchParams.get("phone") ?? "")], nextCursor: null }];
  const contact = byId.get(pathname.slice("/v1/contacts/".length));
  return contact ? [200, { ...contact, activity: { messageCount: 0, conversationIds: [] } }] : [404, {}];
}

function respond(request: IncomingMessage, response: ServerResponse, body: string): void {
  const [status, answered] = answer(request, body);
  const requestId = `req_${++requests}`;
  const text = JSON.stringify({ ...answered, requestId, timestamp: new Date().toISOString() });
  response
    .writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      "x-request-id": requestId,
    })
    .end(text);
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (part: string) => {
    body += part;
  });
  request.on("end", () => respond(request, response, body));
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}/v1` }));
});
